//! Log lines of calls.
#![cfg(feature = "log")]

#[path = "it/common/mod.rs"]
mod common;

use std::sync::Mutex;

use common::{Outcome, script};
use log::{LevelFilter, Log, Metadata, Record};
use persevere_core::telemetry::{Show, log_debug, log_error, log_info, log_trace, log_warn};
use persevere_core::{CancelToken, RetryPolicy, stop, wait, when};

/// A logger that keeps the lines of the target `persevere`.
struct Lines(Mutex<Vec<String>>);

static LINES: Lines = Lines(Mutex::new(Vec::new()));

impl Log for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        if record.target() == "persevere" {
            let line = format!("{} {}", record.level(), record.args());
            self.0.lock().unwrap().push(line);
        }
    }

    fn flush(&self) {}
}

/// A single test, because a process has one logger.
#[test]
fn every_event_has_its_line() {
    log::set_logger(&LINES).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let take = || std::mem::take(&mut *LINES.0.lock().unwrap());

    let policy = RetryPolicy::new()
        .name("fetch")
        .wait(wait::fixed(common::secs(1.5)));
    let policy = policy.sleep(|_| ());
    let watched = policy
        .before(log_trace().hook())
        .after(log_debug().hook())
        .before_sleep(log_warn().hook())
        .on_success(log_info().hook())
        .on_failure(log_error().hook());

    let _ = watched.run(script::<Outcome>([Err("busy"), Ok(1)]));
    let lines = take();
    assert_eq!(
        lines[..4],
        [
            "TRACE fetch: attempt 1 starts",
            "DEBUG fetch: attempt 1 failed: busy",
            "WARN fetch: attempt 1 failed, next in 1.5s: busy",
            "TRACE fetch: attempt 2 starts",
        ]
    );
    assert!(lines[4].starts_with("DEBUG fetch: attempt 2 succeeded after "));
    assert!(lines[5].starts_with("INFO fetch: attempt 2 succeeded after "));
    assert_eq!(lines.len(), 6);

    #[cfg(feature = "stream")]
    {
        use futures_util::{FutureExt, StreamExt, stream};
        // It ends without an outcome.
        let ends = RetryPolicy::new()
            .name("feed")
            .sleep_async(|_| std::future::ready(()))
            .on_success(log_info().hook());
        let items = ends.run_stream(0, |_| stream::iter([Outcome::Ok(1)]), |_| 0);
        assert_eq!(items.count().now_or_never(), Some(1));
        assert!(take()[0].starts_with("INFO feed: attempt 1 succeeded after "));
    }

    let failing = policy.on_failure(log_error().hook::<Outcome>());
    let _ = failing.run(|| Err("busy"));
    let lines = take();
    assert!(lines[0].starts_with("ERROR fetch: gave up after 3 attempts in "));
    assert!(lines[0].ends_with(" (attempt limit): busy"));

    // The error's text may contain secrets.
    let discreet = policy.before_sleep(log_warn().error(Show::Type).hook::<Outcome>());
    let _ = discreet.run(|| Err("secret"));
    assert_eq!(
        take()[0],
        "WARN fetch: attempt 1 failed, next in 1.5s: &str"
    );

    // A value that is retried is not a success.
    let polling = policy
        .when(when::ok(|n: &u32| *n == 0))
        .after(log_debug().hook::<Outcome>());
    let _ = polling.run(script::<Outcome>([Ok(0), Ok(1)]));
    let lines = take();
    assert_eq!(lines[0], "DEBUG fetch: attempt 1 is to be retried");
    assert!(lines[1].starts_with("DEBUG fetch: attempt 2 succeeded"));

    // A cancelled call needs no warning.
    let token = CancelToken::new();
    token.cancel();
    let cancelled = policy
        .stop(stop::cancelled(&token))
        .on_failure(log_error().hook::<Outcome>());
    let _ = cancelled.run(|| Err("busy"));
    let lines = take();
    assert!(lines[0].starts_with("INFO fetch: gave up after 1 attempt in "));
    assert!(lines[0].ends_with(" (cancelled): busy"));
}
