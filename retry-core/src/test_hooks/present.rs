//! The answers of the innermost scope, with the feature `testing`.

use std::time::Duration;

use super::recorder::Event;
use super::scope::{nothing_holds, with_rules};
use crate::call::error::StopReason;
use crate::time::instant::Instant;

/// The virtual time, where a scope has one.
pub(crate) fn now() -> Option<Instant> {
    with_rules(|rules| rules.clock.as_ref().map(|clock| clock.now())).flatten()
}

/// Whether a virtual clock took the pause.
pub(crate) fn slept(pause: Duration) -> bool {
    let clock = with_rules(|rules| rules.clock.clone()).flatten();
    clock.map(|clock| clock.advance(pause)).is_some()
}

/// A number of the seeded generator.
pub(crate) fn random() -> Option<u64> {
    with_rules(|rules| rules.random()).flatten()
}

/// Whether the scope allows no attempt after these.
pub(crate) fn is_spent(attempts: u32) -> bool {
    let most = with_rules(|rules| rules.attempts).flatten();
    most.is_some_and(|most| attempts >= most)
}

/// Asks outside of every scope.
pub(crate) fn apart<T>(ask: impl FnOnce() -> T) -> T {
    let _apart = nothing_holds();
    ask()
}

/// Whether every pause is zero.
pub(crate) fn skips_pauses() -> bool {
    with_rules(|rules| rules.skip_pauses == Some(true)).unwrap_or_default()
}

/// Records that an attempt begins.
pub(crate) fn began(name: &str, attempt: u32) {
    record(|| Event::Attempt {
        name: name.to_owned(),
        attempt,
    });
}

/// Records that a pause begins.
pub(crate) fn paused(name: &str, attempt: u32, pause: Option<Duration>) {
    record(|| Event::Pause {
        name: name.to_owned(),
        attempt,
        pause: pause.unwrap_or_default(),
    });
}

/// Records that a call gives up.
pub(crate) fn gave_up(name: &str, attempt: u32, reason: StopReason) {
    record(|| Event::GaveUp {
        name: name.to_owned(),
        attempt,
        reason,
    });
}

fn record(event: impl Fn() -> Event) {
    with_rules(|rules| {
        for recorder in &rules.recorders {
            recorder.write(event());
        }
    });
}
