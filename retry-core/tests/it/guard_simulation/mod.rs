//! Guards of calls, compared with a naive model: random programs of calls that share breakers, budgets and
//! tokens, nested, hedged, cancelled, dropped and panicking, in virtual time.
//!
//! `GUARD_STEPS=1000000 cargo test --release -p persevere-core --features full --test it guard_simulation`
//! takes a million steps. `GUARD_SEED=7` runs the program of that number alone.
#![cfg(all(feature = "testing", feature = "tokio"))]

mod clock;
mod generate;
mod model;
mod program;
mod real;
mod run;
mod shrink;
mod tasks;
mod trace;
mod world;

use std::env;
use std::rc::Rc;
use std::thread;

use program::Program;
use run::{Compared, Difference};
use trace::Entry;

/// Reads a number from the environment.
fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}

/// Runs programs until they have taken enough steps.
async fn simulate(blocking: bool) {
    let steps = number("GUARD_STEPS").unwrap_or(60_000) as usize / 2;
    let seeds = match number("GUARD_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=u64::MAX,
    };
    let (mut taken, mut programs, mut unordered) = (0, 0, 0);
    for seed in seeds {
        let _seed = Seed(seed);
        let program = Rc::new(generate::program(seed, blocking));
        match run::compare(&program, blocking).await {
            Compared::Same(steps) => taken += steps,
            Compared::Unordered => unordered += 1,
            Compared::Different(_) => {
                let program = shrink::shrunk(&program, blocking).await;
                let Compared::Different(found) = run::compare(&program, blocking).await else {
                    unreachable!("it is compared once more");
                };
                panic!("{}", shown(&program, &found));
            }
        }
        programs += 1;
        if taken >= steps {
            break;
        }
    }
    println!("{taken} steps of {programs} programs, {unordered} left out");
    assert!(unordered * 20 <= programs + 20, "too many are left out");
}

/// The number of the running program.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("GUARD_SEED={}", self.0);
        }
    }
}

/// Formats the program, and the point at which the two traces diverge.
fn shown(program: &Program, found: &Difference) -> String {
    let common = found.real.iter().zip(&found.model);
    let at = common.take_while(|(real, model)| real == model).count();
    let lines = |entries: &[Entry]| -> String {
        let lines = entries.iter().map(|entry| format!("{entry:?}\n"));
        lines.collect()
    };
    let next =
        |entries: &[Entry]| lines(&entries[at.min(entries.len())..entries.len().min(at + 3)]);
    let (before, real, model) = (
        lines(&found.real[..at]),
        next(&found.real),
        next(&found.model),
    );
    format!("{program}{before}then\n{real}and by the book\n{model}")
}

#[tokio::test(start_paused = true)]
async fn async_calls_do_what_the_naive_model_does() {
    simulate(false).await;
}

#[test]
fn blocking_calls_do_what_the_naive_model_does() {
    tasks::at_once(simulate(true));
}
