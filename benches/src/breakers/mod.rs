//! Cost of breakers: to calls that they admit, to calls that they refuse, and in memory.

mod closed;
mod failing;
pub mod memory;
mod open;
#[cfg(feature = "peers")]
mod peers;

use std::hint::black_box;
use std::io;

use crate::contender::Calls;
use crate::{allocation, instructions};

struct Contender {
    name: &'static str,
    /// The same without a breaker, with the clock reads that the breaker cannot do without.
    floor: Calls,
    calls: Calls,
}

/// The call that every breaker guards.
#[inline(never)]
fn body(id: u64) -> io::Result<u64> {
    if black_box(id) == u64::MAX {
        return Err(io::Error::other("never"));
    }
    Ok(id)
}

/// Calls whose result the caller looks at.
macro_rules! calls {
    (|$id:ident| $call:expr) => {
        |rounds| {
            let mut sum = 0;
            for $id in 0..rounds {
                match $call {
                    Ok(value) => sum += value,
                    Err(_) => sum += 1,
                }
            }
            std::hint::black_box(sum);
        }
    };
}

use calls;

/// Figures that are the same in every run.
pub fn figures() -> Vec<(String, f64)> {
    let mut figures = vec![(
        "bytes, breaker with slow calls and a rate over time".to_owned(),
        memory::heap(),
    )];
    for Contender { name, calls, .. } in closed::OURS {
        if instructions::has_valgrind() {
            let count = instructions::count_in(["breaker", name]);
            figures.push((format!("instructions, {name}, closed breaker"), count));
        }
        figures.push((
            format!("allocations, {name}, closed breaker"),
            allocation::count(calls),
        ));
    }
    figures
}

/// Under callgrind: calls through one breaker.
pub fn run(name: &str) {
    let contender = closed::OURS.into_iter().find(|one| one.name == name);
    // More calls than it takes for a thread to get what busy threads have.
    instructions::run_calls(contender.expect("a breaker").calls, 10_000);
}

pub fn print() {
    closed::print();
    open::print();
    failing::print();
    memory::print();
}
