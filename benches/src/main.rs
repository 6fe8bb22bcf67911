//! Benchmarks of `persevere` beside the hand-written loop and its peers.
//!
//! ```text
//! cargo run --release --manifest-path benches/Cargo.toml               the quick tables
//! cargo run --release --manifest-path benches/Cargo.toml -- all        those that build crates too
//! cargo run --release --manifest-path benches/Cargo.toml \
//!     --no-default-features -- check                                    what must not grow
//! ```

mod allocation;
mod attribute;
mod breakers;
mod budget;
mod bulkheads;
mod contender;
mod fleet;
mod footprint;
mod hand;
mod instructions;
mod limiters;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod project;
mod quick;
mod service;
mod shared;
mod size;
mod streams;
mod table;
mod time;
mod timing;
mod waiting;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let named = |name: &str| contender::all().into_iter().find(|one| one.name == name);
    match *args {
        [] => quick::print(),
        ["all"] => {
            quick::print();
            breakers::print();
            bulkheads::print();
            limiters::print();
            streams::print();
            shared::print();
            fleet::print();
            footprint::print();
            attribute::print();
        }
        ["breakers"] => breakers::print(),
        ["bulkheads"] => bulkheads::print(),
        ["limiters"] => limiters::print(),
        ["streams"] => streams::print(),
        ["shared"] => shared::print(),
        ["fleet"] => fleet::print(),
        ["footprint"] => footprint::print(),
        ["attribute"] => attribute::print(),
        ["check"] if !budget::check() => return ExitCode::FAILURE,
        ["check"] => {}
        ["bless"] => budget::bless(),
        // Processes of their own, started by the tables.
        ["call", name, metric] => instructions::run(&named(name).expect("a contender"), metric),
        ["breaker", name] => breakers::run(name),
        ["bulkhead", name] => bulkheads::run(name),
        ["limiter", name] => limiters::run(name),
        ["stream", name] => streams::run(name),
        ["part", name, place] => fleet::run(name, place),
        ["hosts", breakers] => breakers::memory::run(breakers.parse().expect("a number")),
        ["wait", name] => waiting::run(named(name).as_ref()),
        _ => {
            eprintln!(
                "usage: [all | breakers | bulkheads | limiters | streams | shared | fleet | footprint | attribute | check | bless]"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
