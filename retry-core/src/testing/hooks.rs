//! What the engine asks of the scope that it runs in.

use std::time::Duration;

use super::recorder::Event;
use super::scope::{nothing_holds, with_rules};
use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::time::clock::Instant;

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

/// Whether a scope allows no attempt after these.
pub(crate) fn is_spent(attempts: u32) -> bool {
    let most = with_rules(|rules| rules.attempts).flatten();
    most.is_some_and(|most| attempts >= most)
}

/// Asks what a policy says, whatever holds here.
pub(crate) fn apart<T>(ask: impl FnOnce() -> T) -> T {
    let _apart = nothing_holds();
    ask()
}

/// Whether nobody is to pause.
pub(crate) fn skips_pauses() -> bool {
    with_rules(|rules| rules.skip_pauses == Some(true)).unwrap_or_default()
}

/// An attempt begins.
pub(crate) fn began(name: &str, attempt: u32) {
    record(|| Event::Attempt {
        name: name.to_owned(),
        attempt,
    });
}

/// A pause begins.
pub(crate) fn paused(progress: &Progress<'_>) {
    record(|| Event::Pause {
        name: progress.name.to_owned(),
        attempt: progress.attempt,
        pause: progress.pause.unwrap_or_default(),
    });
}

/// A call gives up.
pub(crate) fn gave_up(progress: &Progress<'_>, reason: StopReason) {
    record(|| Event::GaveUp {
        name: progress.name.to_owned(),
        attempt: progress.attempt,
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
