//! Bulkheads shared by threads: never more at a time than the places, and nothing is lost.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use persevere_core::Bulkhead;
use persevere_core::bulkhead::Ended;

use crate::wakes::Call;

/// The attempts that run, and the most that ever ran at a time.
#[derive(Default)]
struct Running {
    now: AtomicU32,
    most: AtomicU32,
}

impl Running {
    fn run(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        if now % 3 == 0 {
            thread::yield_now();
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Runs `call` with its number in each of so many threads, this often.
fn together(threads: u32, calls: u32, call: impl Fn(u32) + Sync) {
    let call = &call;
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || (0..calls).for_each(|number| call(thread + number * threads)));
        }
    });
}

fn assert_empty(bulkhead: &Bulkhead, places: u32) {
    assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0));
    let all: Vec<_> = (0..places).map(|_| bulkhead.try_enter().unwrap()).collect();
    assert!(bulkhead.try_enter().is_err());
    drop(all);
}

#[test]
fn two_threads_share_one_place() {
    let (bulkhead, running) = (Bulkhead::new("b", 1), Running::default());
    together(2, 20_000, |_| {
        let place = bulkhead.enter_blocking().unwrap();
        running.run();
        drop(place);
    });
    assert_eq!(running.most.into_inner(), 1);
    assert_eq!((bulkhead.entered(), bulkhead.refused()), (40_000, 0));
    assert_empty(&bulkhead, 1);
}

#[test]
fn more_threads_than_places_lose_nothing_though_calls_leave() {
    let (bulkhead, running) = (Bulkhead::new("b", 3).queue(8), Running::default());
    together(8, 1_000, |number| match number % 4 {
        // Leaves the line at once, at times with a place.
        0 => drop(Call::to(&bulkhead).poll()),
        1 => {
            let mut leaves = Call::to(&bulkhead);
            let _ = leaves.poll();
            thread::yield_now();
        }
        2 => {
            if let Ok(place) = bulkhead.try_enter() {
                running.run();
                drop(place);
            }
        }
        _ => {
            let place = bulkhead.enter_blocking().unwrap();
            running.run();
            drop(place);
        }
    });
    let most = running.most.into_inner();
    assert!((1..=3).contains(&most), "{most}");
    assert_empty(&bulkhead, 3);
}

#[test]
fn a_limit_that_moves_all_the_time_keeps_nobody_waiting() {
    let (bulkhead, running) = (Bulkhead::adaptive("b", 1..=4).queue(8), Running::default());
    together(8, 2_000, |number| {
        let place = bulkhead.enter_blocking().unwrap();
        running.run();
        place.end(match number % 3 {
            0 => Ended::Overload,
            1 => Ended::Success,
            _ => Ended::Ignored,
        });
    });
    assert!(running.most.into_inner() <= 4);
    assert_eq!((bulkhead.entered(), bulkhead.refused()), (16_000, 0));
    assert_empty(&bulkhead, bulkhead.limit());
}
