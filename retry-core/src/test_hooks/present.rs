//! The answers of the innermost scope, with the feature `testing`.

use std::time::Duration;

use super::mistakes::{count_outside, is_slept_in_real_time};
use super::recorder::Event;
use super::scope::{nothing_holds, with_rules};
use crate::call::error::StopReason;
use crate::call::name::CallName;
use crate::time::instant::Instant;

/// Returns the virtual time, if a scope has one.
pub(crate) fn now() -> Option<Instant> {
    with_rules(|rules| rules.clock.as_ref().map(|clock| clock.now())).flatten()
}

/// Returns whether a virtual clock took the pause.
pub(crate) fn slept(pause: Duration) -> bool {
    let clock = with_rules(|rules| rules.clock.clone()).flatten();
    clock.map(|clock| clock.advance(pause)).is_some()
}

/// Returns a number of the seeded generator.
pub(crate) fn random() -> Option<u64> {
    with_rules(|rules| rules.random()).flatten()
}

/// Returns whether the scope allows no attempt after these.
pub(crate) fn is_spent(attempts: u32) -> bool {
    let most = with_rules(|rules| rules.attempts).flatten();
    most.is_some_and(|most| attempts >= most)
}

/// Runs `ask` outside of every scope.
pub(crate) fn apart<T>(ask: impl FnOnce() -> T) -> T {
    let _apart = nothing_holds();
    ask()
}

/// Returns whether every pause is zero.
pub(crate) fn skips_pauses() -> bool {
    with_rules(|rules| rules.skip_pauses == Some(true)).unwrap_or_default()
}

/// Records that an attempt begins.
pub(crate) fn began(name: CallName<'_>, attempt: u32) {
    let recorded = record(|| Event::Attempt {
        name: name.as_str().to_owned(),
        attempt,
    });
    if !recorded {
        count_outside();
    }
}

/// Records that a pause begins.
pub(crate) fn paused(name: CallName<'_>, attempt: u32, pause: Option<Duration>) {
    let pause = pause.unwrap_or_default();
    record(|| Event::Pause {
        name: name.as_str().to_owned(),
        attempt,
        pause,
    });
    with_rules(|rules| {
        // With a virtual clock the call may be a blocking one, whose pauses take no time.
        let looks = rules.clock.is_none() && !rules.recorders.is_empty();
        if looks && is_slept_in_real_time(pause) {
            for recorder in &rules.recorders {
                recorder.note_real_time();
            }
        }
    });
}

/// Records that a call gives up.
pub(crate) fn gave_up(name: CallName<'_>, attempt: u32, reason: StopReason) {
    record(|| Event::GaveUp {
        name: name.as_str().to_owned(),
        attempt,
        reason,
    });
}

/// Writes an event to every recorder; returns `false` if no scope holds here.
fn record(event: impl Fn() -> Event) -> bool {
    let written = with_rules(|rules| {
        for recorder in &rules.recorders {
            recorder.write(event());
        }
    });
    written.is_some()
}
