//! Every wait and every jitter, with the pauses that they make.
//!
//! ```text
//! cargo run --example waits
//! ```

use std::time::Duration;

use persevere::stop::after_attempt;
use persevere::wait::{
    chain, decorrelated, exponential, fibonacci, fixed, incrementing, none, random, schedule,
};
use persevere::{RetryPolicy, retry};

/// The table of a wait, as `policy.schedule()` tells it for five attempts.
macro_rules! table {
    ($wait:expr) => {
        let policy = RetryPolicy::new().stop(after_attempt(5)).wait($wait);
        println!("{}\n{}", stringify!($wait), policy.schedule());
    };
}

fn main() {
    println!("Waits\n");
    table!(none());
    table!(fixed(ms(250)));
    table!(random(ms(100)..ms(300)));
    table!(incrementing(ms(100), ms(50)));
    table!(exponential(ms(100)));
    table!(exponential(ms(100)).factor(1.5));
    table!(fibonacci(ms(100)));
    table!(decorrelated(ms(100)).max(ms(2000)));
    table!(schedule([ms(100), ms(1000), ms(5000)]));
    table!(chain((none(), fixed(ms(100)), exponential(ms(250)))));
    table!(fixed(ms(100)) + random(ms(0)..ms(50)));

    println!("Bounds and jitters\n");
    table!(exponential(ms(100)).min(ms(250)).max(ms(1000)));
    table!(exponential(ms(100)).max(ms(1000)).full_jitter());
    table!(exponential(ms(100)).max(ms(1000)).equal_jitter());
    table!(exponential(ms(100)).jitter_ratio(0.25));
    table!(exponential(ms(100)).jitter_add(ms(50)));

    println!("In the attribute\n");
    println!("spread      {:?}", spread(&mut 0));
    println!("sum         {:?}", sum(&mut 0));
    println!("own formula {:?}", own_formula(&mut 0));
    println!("by its hint {:?}", by_hint(&mut 0));
}

/// In the attribute the words need no import, and durations are literals.
#[retry(wait = exponential(10ms).max(1s).full_jitter(), before_sleep = |s| show(s.pause()))]
fn spread(attempts: &mut u32) -> Result<u32, Busy> {
    third(attempts)
}

/// A bare duration is a fixed pause; `+` adds two waits.
#[retry(wait = 10ms + random(0ms..5ms), before_sleep = |s| show(s.pause()))]
fn sum(attempts: &mut u32) -> Result<u32, Busy> {
    third(attempts)
}

/// A closure computes a pause from anything that is known of the call.
#[retry(wait = |s| ms(5) * s.attempt().pow(2), before_sleep = |s| show(s.pause()))]
fn own_formula(attempts: &mut u32) -> Result<u32, Busy> {
    third(attempts)
}

/// The error tells the pause, or else another wait does.
#[retry(
    wait = from_err(|busy| busy.free_in).or(exponential(10ms)),
    before_sleep = |s| show(s.pause()),
)]
fn by_hint(attempts: &mut u32) -> Result<u32, Busy> {
    third(attempts)
}

#[derive(Debug)]
struct Busy {
    free_in: Option<Duration>,
}

/// Succeeds at the third attempt.
fn third(attempts: &mut u32) -> Result<u32, Busy> {
    *attempts += 1;
    match *attempts {
        1 => Err(Busy { free_in: None }),
        2 => Err(Busy {
            free_in: Some(ms(7)),
        }),
        n => Ok(n),
    }
}

fn show(pause: Option<Duration>) {
    println!("  pause {:.1?}", pause.unwrap_or_default());
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
