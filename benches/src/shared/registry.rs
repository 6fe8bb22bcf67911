//! A full registry, and a stream of keys that it does not know.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use persevere::Registry;

use super::name;
use crate::table::Table;

const ENTRIES: usize = 1_000_000;
/// The look-ups beside the stream are of the first keys, which stay in use.
const IN_USE: usize = 1000;
const TIME: Duration = Duration::from_secs(3);

pub fn print() {
    let registry = Registry::new(ENTRIES, |key: &String| key.len() as u64);
    (0..ENTRIES).for_each(|number| drop(registry.get(&name(number))));
    let known: Vec<_> = (0..IN_USE).map(name).collect();
    let over = AtomicBool::new(false);
    let look_up = || {
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            times.extend(known.iter().map(|key| time(|| registry.get(key))));
        }
        times
    };
    let unknown = || {
        let end = Instant::now() + TIME;
        let numbers = (ENTRIES..).take_while(|_| Instant::now() < end);
        let times = numbers.map(|number| {
            let key = name(number);
            time(|| registry.get(&key))
        });
        let times = times.collect();
        over.store(true, Ordering::Relaxed);
        times
    };
    let alone = unknown();
    over.store(false, Ordering::Relaxed);
    let (beside, others) = thread::scope(|scope| {
        let others = scope.spawn(look_up);
        (unknown(), others.join().expect("a thread"))
    });
    let columns = ["median ns", "mean", "p99", "longest"];
    let mut table = Table::new("A full registry of 1 000 000 texts", columns);
    table.row("a new key", cells(alone));
    table.row("a new key, beside look-ups", cells(beside));
    table.row("a look-up, beside new keys", cells(others));
    table.print();
}

fn time<T>(run: impl FnOnce() -> T) -> u64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_nanos() as u64
}

fn cells(mut times: Vec<u64>) -> [String; 4] {
    times.sort_unstable();
    let mean = times.iter().sum::<u64>() / times.len() as u64;
    let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    [median, mean, p99, times[times.len() - 1]].map(|time| time.to_string())
}
