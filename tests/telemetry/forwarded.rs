//! A logger and a subscriber, and bridges between them: each shows a line once.

mod common;

use common::{Memory, with_default};
use log::{LevelFilter, Log, Metadata, Record};
use persevere::retry;
use std::sync::Mutex;
use tracing_log::LogTracer;

/// Keeps lines, and forwards every record to the subscriber, as `tracing-subscriber` sets it up.
struct Both {
    lines: Mutex<Vec<String>>,
    forward: LogTracer,
}

impl Log for Both {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        self.lines.lock().unwrap().push(record.args().to_string());
        self.forward.log(record);
    }

    fn flush(&self) {}
}

#[retry(wait = none(), stop = after_attempt(2), name = "ping", before_sleep = log_warn())]
fn ping() -> Result<(), &'static str> {
    Err("refused")
}

/// One test alone: there is one logger a process.
#[test]
fn every_sink_has_the_line_once() {
    let both: &'static Both = Box::leak(Box::new(Both {
        lines: Mutex::default(),
        forward: LogTracer::new(),
    }));
    log::set_logger(both).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let memory = Memory::default();

    // Without a subscriber `tracing` makes log records of events, with its feature `log`.
    let _ = ping();
    assert_eq!(both.lines.lock().unwrap().drain(..).count(), 1);
    let _ = with_default(memory.subscriber(), ping);
    assert_eq!(
        *both.lines.lock().unwrap(),
        ["ping: attempt 1 failed, next in 0.0ns: refused"]
    );
    let events = memory.take().events;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].target, "persevere");

    // The bridge works for others meanwhile.
    with_default(memory.subscriber(), || log::warn!("of another crate"));
    assert_eq!(memory.take().events.len(), 1);
}
