//! Answers of strategies about the work that the engine may skip: the clock, the coming pause, a timer.
//!
//! An unnecessary `true` costs a read of the clock or a yield. A wrong `false` leads to a wrong decision.
#![cfg(feature = "std")]

use std::time::Duration;

use persevere_core::stop::{
    DefaultStop, after_attempt, after_delay, all, any, before_delay, cancelled, never, stop_when,
};
use persevere_core::wait::{
    adaptive, chain, decorrelated, exponential, fibonacci, fixed, from_err, incrementing, none,
    random, schedule,
};
use persevere_core::{CancelToken, Progress, RetryState, Stop, StopReason, Wait};

type Outcome = Result<(), std::io::Error>;

const SECOND: Duration = Duration::from_secs(1);
const ZERO: Duration = Duration::ZERO;

static TOKEN: CancelToken = CancelToken::new();

/// A user's stop, which describes itself in no way.
struct Own;

impl Stop for Own {
    fn stop(&self, _: &Progress<'_>) -> Option<StopReason> {
        None
    }
}

/// A user's wait, likewise.
struct Slow;

impl Wait<Outcome> for Slow {
    fn pause(&self, _: &RetryState<'_, Outcome>) -> Duration {
        SECOND
    }
}

#[test]
fn stops_say_what_they_read() {
    let flag = std::sync::atomic::AtomicBool::new(false);
    let boxed = |own: bool| -> Vec<Box<dyn Stop>> {
        vec![if own {
            Box::new(Own)
        } else {
            Box::new(never())
        }]
    };
    // A stop, whether it reads the clock, and whether it reads the coming pause.
    let table: Vec<(&str, Box<dyn Stop + '_>, bool, bool)> = vec![
        ("the default", Box::new(DefaultStop), false, false),
        ("after_attempt", Box::new(after_attempt(3)), false, false),
        ("never", Box::new(never()), false, false),
        ("cancelled", Box::new(cancelled(&flag)), false, false),
        ("after_delay", Box::new(after_delay(SECOND)), true, false),
        ("before_delay", Box::new(before_delay(SECOND)), true, true),
        ("stop_when", Box::new(stop_when(|_| false)), true, true),
        ("one's own", Box::new(Own), true, true),
        (
            "any of neither",
            Box::new(any((never(), after_attempt(2)))),
            false,
            false,
        ),
        (
            "any with a clock",
            Box::new(any((never(), after_delay(SECOND)))),
            true,
            false,
        ),
        ("any with both", Box::new(any((Own, never()))), true, true),
        (
            "all of neither",
            Box::new(all((never(), after_attempt(2)))),
            false,
            false,
        ),
        (
            "all with a clock",
            Box::new(all((after_delay(SECOND), never()))),
            true,
            false,
        ),
        ("all with both", Box::new(all((never(), Own))), true, true),
        (
            "a list of neither",
            Box::new(any(boxed(false))),
            false,
            false,
        ),
        ("a list with both", Box::new(all(boxed(true))), true, true),
    ];
    for (name, stop, clock, pause) in table {
        assert_eq!(stop.reads_clock(), clock, "{name} and the clock");
        assert_eq!(stop.reads_pause(), pause, "{name} and the pause");
    }
}

#[test]
fn stops_say_whether_they_cut_an_attempt() {
    let cut = || cancelled(&TOKEN).abort_attempt();
    let table: Vec<(&str, Box<dyn Stop>, bool)> = vec![
        ("never", Box::new(never()), false),
        ("cancelled", Box::new(cancelled(&TOKEN)), false),
        ("cut", Box::new(cut()), true),
        ("any, the first", Box::new(any((cut(), never()))), true),
        ("any, the second", Box::new(any((never(), cut()))), true),
        ("any of none", Box::new(any((never(), never()))), false),
        ("all, one", Box::new(all((cut(), never()))), false),
        ("all, the other", Box::new(all((never(), cut()))), false),
        ("all of none", Box::new(all((never(), never()))), false),
        ("all of all", Box::new(all((cut(), cut()))), true),
    ];
    for (name, stop, cuts) in table {
        assert_eq!(stop.aborts_attempt(), cuts, "{name}");
    }
}

#[test]
fn waits_say_whether_they_read_the_clock() {
    fn from_error(error: &std::io::Error) -> Option<Duration> {
        error.raw_os_error().map(|_| SECOND)
    }
    let slow = || Box::new(Slow) as Box<dyn Wait<Outcome>>;
    let plain = || Box::new(fixed(SECOND)) as Box<dyn Wait<Outcome>>;
    let table: Vec<(&str, Box<dyn Wait<Outcome>>, bool)> = vec![
        ("a duration", Box::new(SECOND), false),
        ("fixed", plain(), false),
        (
            "exponential",
            Box::new(exponential(SECOND).full_jitter()),
            false,
        ),
        ("one's own", slow(), true),
        (
            "a chain of neither",
            Box::new(chain((fixed(SECOND), fixed(SECOND)))),
            false,
        ),
        (
            "a chain, the first",
            Box::new(chain((Slow, fixed(SECOND)))),
            true,
        ),
        (
            "a chain, the last",
            Box::new(chain((fixed(SECOND), Slow))),
            true,
        ),
        ("a chain of one", Box::new(chain((Slow,))), true),
        (
            "a chain of a plain one",
            Box::new(chain((fixed(SECOND),))),
            false,
        ),
        ("a list", Box::new(chain(vec![plain(), slow()])), true),
        (
            "a plain list",
            Box::new(chain(vec![plain(), plain()])),
            false,
        ),
        (
            "from_err",
            Box::new(from_err(from_error).or(fixed(SECOND))),
            false,
        ),
        (
            "from_err, or",
            Box::new(from_err(from_error).or(Slow)),
            true,
        ),
        (
            "adaptive",
            Box::new(adaptive(0.5).over(fixed(SECOND))),
            false,
        ),
        ("adaptive over", Box::new(adaptive(0.5).over(Slow)), true),
    ];
    for (name, wait, clock) in table {
        assert_eq!(wait.reads_clock(), clock, "{name}");
    }
}

/// Those who do are asked for the pauses so far, which a call keeps for them alone.
#[test]
fn strategies_say_whether_they_read_the_history() {
    let stops: Vec<(&str, Box<dyn Stop + '_>, bool)> = vec![
        ("after_attempt", Box::new(after_attempt(3)), false),
        ("after_delay", Box::new(after_delay(SECOND)), false),
        ("before_delay", Box::new(before_delay(SECOND)), false),
        ("cancelled", Box::new(cancelled(&TOKEN)), false),
        (
            "an abort",
            Box::new(cancelled(&TOKEN).abort_attempt()),
            false,
        ),
        ("never", Box::new(never()), false),
        ("stop_when", Box::new(stop_when(|_| false)), true),
        ("one's own", Box::new(Own), true),
        (
            "either, the first",
            Box::new(stop_when(|_| false) | never()),
            true,
        ),
        ("either, the last", Box::new(never() | Own), true),
        (
            "either of neither",
            Box::new(never() | after_attempt(3)),
            false,
        ),
        ("both", Box::new(after_attempt(3) & Own), true),
        (
            "both of neither",
            Box::new(after_attempt(3) & never()),
            false,
        ),
        ("any", Box::new(any((never(), Own))), true),
        ("any of neither", Box::new(any((never(), never()))), false),
        (
            "all of a list",
            Box::new(all([never().boxed(), Own.boxed()])),
            true,
        ),
        (
            "all of a plain list",
            Box::new(all([never().boxed()])),
            false,
        ),
        ("behind a box", Box::new(Own.boxed()), true),
    ];
    for (name, stop, history) in stops {
        assert_eq!(stop.reads_history(), history, "{name}");
    }
    let waits: Vec<(&str, Box<dyn Wait<Outcome>>, bool)> = vec![
        ("a duration", Box::new(SECOND), false),
        ("fixed", Box::new(fixed(SECOND)), false),
        (
            "exponential",
            Box::new(exponential(SECOND).full_jitter()),
            false,
        ),
        ("decorrelated", Box::new(decorrelated(SECOND)), true),
        ("one's own", Box::new(Slow), true),
        (
            "a sum, the first",
            Box::new(decorrelated(SECOND) + SECOND),
            true,
        ),
        (
            "a sum, the last",
            Box::new(fixed(SECOND) + decorrelated(SECOND)),
            true,
        ),
        (
            "a sum of neither",
            Box::new(fixed(SECOND) + fixed(SECOND)),
            false,
        ),
        (
            "a chain, the first",
            Box::new(chain((Slow, fixed(SECOND)))),
            true,
        ),
        (
            "a chain, the last",
            Box::new(chain((fixed(SECOND), Slow))),
            true,
        ),
        (
            "a chain of neither",
            Box::new(chain((SECOND, SECOND))),
            false,
        ),
        ("adaptive over", Box::new(adaptive(0.5).over(Slow)), true),
        ("adaptive", Box::new(adaptive(0.5).over(SECOND)), false),
    ];
    for (name, wait, history) in waits {
        assert_eq!(wait.reads_history(), history, "{name}");
    }
}

#[test]
fn waits_say_whether_they_last() {
    let table: Vec<(&str, Box<dyn Wait<Outcome>>, bool)> = vec![
        ("a duration", Box::new(SECOND), true),
        ("no duration", Box::new(ZERO), false),
        ("none", Box::new(none()), false),
        ("fixed", Box::new(fixed(SECOND)), true),
        ("fixed at nothing", Box::new(fixed(ZERO)), false),
        ("random", Box::new(random(ZERO..SECOND)), true),
        (
            "random from something",
            Box::new(random(SECOND..2 * SECOND)),
            true,
        ),
        ("random of nothing", Box::new(random(ZERO..ZERO)), false),
        ("incrementing", Box::new(incrementing(SECOND, ZERO)), true),
        (
            "incrementing from nothing",
            Box::new(incrementing(ZERO, SECOND)),
            false,
        ),
        ("exponential", Box::new(exponential(SECOND)), true),
        ("exponential of nothing", Box::new(exponential(ZERO)), false),
        ("fibonacci", Box::new(fibonacci(SECOND)), true),
        ("fibonacci of nothing", Box::new(fibonacci(ZERO)), false),
        ("decorrelated", Box::new(decorrelated(SECOND)), true),
        (
            "decorrelated of nothing",
            Box::new(decorrelated(ZERO)),
            false,
        ),
        ("a sum of one", Box::new(fixed(SECOND) + none()), true),
        ("a sum of the other", Box::new(none() + fixed(SECOND)), true),
        ("a sum of nothing", Box::new(none() + none()), false),
        ("at least something", Box::new(none().min(SECOND)), true),
        ("at most nothing", Box::new(fixed(SECOND).max(ZERO)), false),
        ("a schedule", Box::new(schedule([SECOND])), false),
        ("one's own", Box::new(Slow), false),
    ];
    for (name, wait, lasts) in table {
        assert_eq!(wait.lasts(), lasts, "{name}");
    }
}
