//! A logger or a recorder that panics costs its own line or sample, and nothing of what follows.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use persevere::breaker::Transition;
use persevere::{CircuitBreaker, telemetry};

struct Broken;

static BROKEN: AtomicBool = AtomicBool::new(false);
static HEARD: AtomicU32 = AtomicU32::new(0);

impl log::Log for Broken {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &log::Record<'_>) {
        assert!(!BROKEN.load(Ordering::Relaxed), "the pipe is broken");
    }

    fn flush(&self) {}
}

fn hears(_: &Transition) {
    HEARD.fetch_add(1, Ordering::Relaxed);
}

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").listener(hears);

#[test]
fn a_logger_that_panics_at_a_change_silences_no_listener() {
    log::set_logger(&Broken).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    telemetry::install().parts();
    let mut events = telemetry::subscribe();
    BROKEN.store(true, Ordering::Relaxed);
    assert!(catch_unwind(|| PAYMENTS.force_open()).is_ok());
    BROKEN.store(false, Ordering::Relaxed);
    PAYMENTS.reset();
    assert_eq!(HEARD.load(Ordering::Relaxed), 2);
    let told = std::iter::from_fn(|| events.try_next()).count();
    assert_eq!(told, 2);
}
