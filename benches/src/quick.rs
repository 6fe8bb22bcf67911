//! The tables that need no build.

use crate::contender::{self, Contender, METRICS};
use crate::table::{Table, beside};
use crate::{allocation, instructions, time, waiting};

pub fn print() {
    let all = contender::all();
    print_instructions(&all);
    print_times(&all);
    print_allocations(&all);
    print_sizes(&all);
}

fn print_instructions(all: &[Contender]) {
    if !instructions::has_valgrind() {
        println!("\n{}", instructions::MISSING);
        return;
    }
    let title = "Instructions a call (ratio to the hand-written loop)";
    let mut table = Table::new(title, METRICS.iter().map(|metric| metric.title));
    let floors: Vec<_> = METRICS
        .iter()
        .map(|metric| instructions::count(&all[0], metric))
        .collect();
    for contender in all {
        let cells = METRICS.iter().zip(&floors);
        let cells =
            cells.map(|(metric, floor)| beside(instructions::count(contender, metric), *floor));
        table.row(contender.name, cells);
    }
    table.print();
}

fn print_times(all: &[Contender]) {
    let title = "Nanoseconds a call (ratio to the hand-written loop, paired)";
    let mut table = Table::new(title, METRICS.iter().map(|metric| metric.title));
    for contender in all {
        let cells = METRICS.iter().map(|metric| {
            match ((metric.calls)(&all[0]), (metric.calls)(contender)) {
                (Some(hand), Some(other)) => {
                    let time = time::measure(hand, other);
                    format!("{:.1} ({:.2})", time.nanos, time.ratio)
                }
                _ => "–".to_owned(),
            }
        });
        table.row(contender.name, cells);
    }
    table.print();
}

fn print_allocations(all: &[Contender]) {
    let metrics = &METRICS[..METRICS.len() - 1];
    let mut table = Table::new("Allocations a call", metrics.iter().map(|m| m.title));
    for contender in all {
        let cells = metrics.iter().map(|metric| {
            let count = (metric.calls)(contender).map(allocation::count);
            beside(count, None)
        });
        table.row(contender.name, cells);
    }
    table.print();
}

fn print_sizes(all: &[Contender]) {
    let columns = [
        "future, small callee",
        "future, large callee",
        "waiting task, resident",
    ];
    let mut table = Table::new("Bytes", columns);
    let dash = || "–".to_owned();
    table.row(
        "a task that sleeps",
        [dash(), dash(), waiting::measure(None).to_string()],
    );
    for contender in all {
        let size = |of: Option<fn() -> usize>| of.map_or_else(dash, |of| of().to_string());
        let waiting = contender.waiting.map(|_| waiting::measure(Some(contender)));
        let cells = [
            size(contender.small),
            size(contender.large),
            waiting.map_or_else(dash, |bytes| bytes.to_string()),
        ];
        table.row(contender.name, cells);
    }
    table.print();
}
