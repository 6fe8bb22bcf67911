//! Nanoseconds a call, as a ratio to the hand-written loop: rounds of both alternate, so that
//! whatever else the machine does falls on both.

use std::time::Instant;

use crate::contender::Calls;

const PAIRS: usize = 101;
const CALLS: u64 = 20_000;

pub struct Time {
    pub nanos: f64,
    pub ratio: f64,
}

pub fn measure(hand: Calls, other: Calls) -> Time {
    let (mut nanos, mut ratios) = (Vec::new(), Vec::new());
    round(hand);
    round(other);
    for _ in 0..PAIRS {
        let floor = round(hand);
        let time = round(other);
        nanos.push(time);
        ratios.push(time / floor);
    }
    Time {
        nanos: median(nanos),
        ratio: median(ratios),
    }
}

fn round(calls: Calls) -> f64 {
    let start = Instant::now();
    calls(CALLS);
    start.elapsed().as_nanos() as f64 / CALLS as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
