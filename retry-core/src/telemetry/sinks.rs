//! Destinations of lines: the crates `log` and `tracing`, as far as they are enabled.

use super::line::{Level, Line};
#[cfg(feature = "std")]
use crate::util::caught::caught;

/// Writes a line to every sink. The cancellation of a call is no reason for a warning, and a call that was refused
/// without an attempt none for more than a line of debugging: a dead service would fill the log with them.
pub(super) fn write(level: Level, line: &Line<'_>) {
    let level = match level {
        Level::Error | Level::Warn | Level::Info if line.refused() => Level::Debug,
        Level::Error | Level::Warn if line.cancelled() => Level::Info,
        level => level,
    };
    #[cfg(not(feature = "tracing"))]
    record::write(level, line);
    #[cfg(all(feature = "tracing", not(feature = "log")))]
    event::write(level, line);
    // The two crates can forward to each other; each line is to be seen once.
    #[cfg(all(feature = "tracing", feature = "log"))]
    if event::is_subscribed() {
        event::write(level, line);
        event::unsubscribed(|| record::write(level, line));
    } else {
        record::write(level, line);
    }
}

/// Writes a line that is no event of a call to every sink: a warning, or a notice.
///
/// A panic of a sink is caught: it must not end the thread of a watch or a fleet, nor silence a breaker's listeners.
#[cfg(feature = "std")]
pub(super) fn say(warns: bool, text: core::fmt::Arguments<'_>) {
    caught(|| to_all(warns, text));
}

#[cfg(feature = "std")]
fn to_all(warns: bool, text: core::fmt::Arguments<'_>) {
    #[cfg(not(feature = "tracing"))]
    record::say(warns, text);
    #[cfg(all(feature = "tracing", not(feature = "log")))]
    event::say(warns, text);
    #[cfg(all(feature = "tracing", feature = "log"))]
    if event::is_subscribed() {
        event::say(warns, text);
        event::unsubscribed(|| record::say(warns, text));
    } else {
        record::say(warns, text);
    }
}

#[cfg(feature = "log")]
mod record {
    use super::{Level, Line};

    pub(super) fn write(level: Level, line: &Line<'_>) {
        let level = match level {
            Level::Error => log::Level::Error,
            Level::Warn => log::Level::Warn,
            Level::Info => log::Level::Info,
            Level::Debug => log::Level::Debug,
            Level::Trace => log::Level::Trace,
        };
        log::log!(target: "persevere", level, "{line}");
    }

    #[cfg(feature = "std")]
    pub(super) fn say(warns: bool, text: core::fmt::Arguments<'_>) {
        let level = if warns {
            log::Level::Warn
        } else {
            log::Level::Info
        };
        log::log!(target: "persevere", level, "{text}");
    }
}

#[cfg(feature = "tracing")]
mod event {
    use std::time::Duration;

    use super::{Level, Line};
    use crate::call::error::StopReason;

    /// Returns whether events on this thread have a subscriber.
    #[cfg(feature = "log")]
    pub(super) fn is_subscribed() -> bool {
        use tracing::subscriber::NoSubscriber;
        tracing::dispatcher::get_default(|dispatch| !dispatch.is::<NoSubscriber>())
    }

    /// Writes a record such that a logger cannot make an event of it.
    #[cfg(feature = "log")]
    pub(super) fn unsubscribed(record: impl FnOnce()) {
        tracing::dispatcher::with_default(&tracing::Dispatch::none(), record);
    }

    pub(super) fn write(level: Level, line: &Line<'_>) {
        let (progress, event) = (line.progress(), line.event());
        let ended = Some(progress.elapsed()).filter(|took| event.ends() && !took.is_zero());
        // An event has a static level.
        macro_rules! event {
            ($level:ident) => {
                tracing::event!(
                    target: "persevere",
                    tracing::Level::$level,
                    function = progress.name(),
                    attempt = progress.attempt(),
                    pause_ms = progress.pause().map(millis),
                    elapsed_ms = ended.map(millis),
                    reason = progress.reason().map(StopReason::label),
                    error = line.error().map(tracing::field::display),
                    "{} {}",
                    if event.ends() { "call" } else { "attempt" },
                    event.what(),
                )
            };
        }
        match level {
            Level::Error => event!(ERROR),
            Level::Warn => event!(WARN),
            Level::Info => event!(INFO),
            Level::Debug => event!(DEBUG),
            Level::Trace => event!(TRACE),
        }
    }

    #[cfg(feature = "std")]
    pub(super) fn say(warns: bool, text: core::fmt::Arguments<'_>) {
        if warns {
            tracing::event!(target: "persevere", tracing::Level::WARN, "{text}");
        } else {
            tracing::event!(target: "persevere", tracing::Level::INFO, "{text}");
        }
    }

    fn millis(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }
}
