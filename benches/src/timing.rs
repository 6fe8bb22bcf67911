//! Nanoseconds a call, on one thread and on two.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::contender::Calls;

/// Nanoseconds a call.
pub struct Times {
    pub one: f64,
    /// Of the floor, in turn with it.
    pub floor: f64,
    /// Of each of two threads.
    pub two: f64,
}

const ROUNDS: usize = 2001;
const CALLS: u64 = 1000;

impl Times {
    /// Measures many short rounds on one thread, and then on two.
    pub fn measure(floor: Calls, calls: Calls) -> Self {
        let two = (0..20).map(|_| together(calls));
        Times {
            // New threads, since those of a busy machine may share a core for all their life.
            two: two.fold(f64::MAX, f64::min),
            ..Times::alone(floor, calls)
        }
    }

    /// Measures many short rounds on one thread, in turn with its floor. The best of each counts: whatever
    /// else the machine does can only add.
    pub fn alone(floor: Calls, calls: Calls) -> Self {
        let (mut one, mut best) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            best = best.min(per_call(round(floor, CALLS), CALLS));
            one = one.min(per_call(round(calls, CALLS), CALLS));
        }
        Times {
            one,
            floor: best,
            two: f64::NAN,
        }
    }

    /// Returns the ratio of the calls that two threads make in a time to those of one.
    pub fn two_to_one(&self) -> f64 {
        2.0 * self.one / self.two
    }
}

fn per_call((start, end): (Instant, Instant), number: u64) -> f64 {
    (end - start).as_nanos() as f64 / number as f64
}

fn round(calls: Calls, number: u64) -> (Instant, Instant) {
    let start = Instant::now();
    calls(number);
    (start, Instant::now())
}

/// Rounds of two threads, each from when the first begins to when both are done.
fn together(calls: Calls) -> f64 {
    let arrived = AtomicUsize::new(0);
    let run = || {
        let rounds = (1..=ROUNDS / 20).map(|number| {
            arrived.fetch_add(1, Ordering::AcqRel);
            while arrived.load(Ordering::Acquire) < 2 * number {
                spin_loop();
            }
            round(calls, 4 * CALLS)
        });
        rounds.collect::<Vec<_>>()
    };
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(run);
        (run(), other.join().expect("a thread"))
    });
    let rounds = one.into_iter().zip(two);
    let both = rounds.map(|(one, two)| {
        let both = (one.0.min(two.0), one.1.max(two.1));
        per_call(both, 4 * CALLS)
    });
    both.fold(f64::MAX, f64::min)
}
