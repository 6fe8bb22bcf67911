//! `log_error()` … `log_trace()` as events with fields.

mod common;

use common::{Memory, Seen, with_default};
use persevere::telemetry::Show;
use persevere::telemetry::{log_error, log_trace};
use persevere::{CancelToken, RetryPolicy, retry, stop, wait};
use std::fmt;

/// An error whose text may hold what must not be logged.
#[derive(Debug)]
struct Denied;

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("denied, password was 12345")
    }
}

/// An error without a text.
struct Mute;

#[retry(
    name = "read",
    wait = 1500ms,
    sleep = |_| (),
    before = log_trace(),
    before_sleep = log_warn(),
    on_success = log_info(),
    on_failure = log_error(),
)]
fn read(calls: &mut u32, fails: u32) -> Result<u32, Denied> {
    *calls += 1;
    if *calls <= fails {
        Err(Denied)
    } else {
        Ok(*calls)
    }
}

#[retry(wait = none(), before_sleep = log_warn().error(Show::Type), on_failure = log_debug())]
fn discreet(secret: &str) -> Result<(), Denied> {
    assert!(!secret.is_empty());
    Err(Denied)
}

#[retry(stop = after_attempt(1), on_failure = log_error())]
fn mute() -> Result<(), Mute> {
    Err(Mute)
}

fn events(of: impl FnOnce()) -> Vec<Seen> {
    let memory = Memory::default();
    with_default(memory.subscriber(), of);
    memory.take().events
}

#[test]
fn a_method_has_its_type_in_its_name() {
    struct Stock;
    struct Price;
    impl Stock {
        #[retry(stop = after_attempt(1), on_failure = log_error())]
        fn get(&self) -> Result<(), Denied> {
            Err(Denied)
        }
    }
    impl Price {
        #[retry(stop = after_attempt(1), on_failure = log_error())]
        fn get(self) -> Result<(), Denied> {
            Err(Denied)
        }
    }
    let seen = events(|| assert!(Stock.get().is_err() && Price.get().is_err()));
    let names: Vec<_> = seen
        .iter()
        .map(|event| event.fields.get("function"))
        .collect();
    let of = "events::a_method_has_its_type_in_its_name";
    assert_eq!(
        names,
        [format!("{of}::Stock::get"), format!("{of}::Price::get")]
    );
}

#[test]
fn each_event_has_its_level_and_its_fields() {
    let seen = events(|| assert!(read(&mut 0, 1).is_ok()));
    let levels: Vec<_> = seen.iter().map(|event| event.level.as_str()).collect();
    assert_eq!(levels, ["TRACE", "WARN", "TRACE", "INFO"]);
    assert!(seen.iter().all(|event| event.target == "persevere"));
    assert!(
        seen.iter()
            .all(|event| event.fields.get("function") == "read")
    );
    let fields: Vec<_> = seen[1].fields.0.clone().into_iter().collect();
    assert_eq!(
        fields,
        [
            ("attempt", "1"),
            ("error", "denied, password was 12345"),
            ("function", "read"),
            ("message", "attempt failed"),
            ("pause_ms", "1500"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    );
    assert_eq!(seen[2].fields.get("message"), "attempt starts");
    assert_eq!(seen[3].fields.get("message"), "attempt succeeded");
    assert_eq!(seen[3].fields.get("attempt"), "2");
}

#[test]
fn the_end_has_a_reason() {
    let seen = events(|| assert!(read(&mut 0, 9).is_err()));
    let end = &seen.last().unwrap().fields;
    assert_eq!(end.get("message"), "call gave up");
    assert_eq!((end.get("reason"), end.get("attempt")), ("attempts", "3"));
    assert_eq!(end.get("pause_ms"), "");
}

#[test]
fn neither_arguments_nor_hidden_texts_are_told() {
    let seen = events(|| drop(discreet("hunter2")));
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].fields.get("error"), "events::Denied");
    assert!(!format!("{:?}", seen[..2].to_vec()).contains("12345"));
    assert!(!format!("{seen:?}").contains("hunter2"));
}

#[test]
fn an_error_without_a_text_is_told_by_its_type() {
    let seen = events(|| drop(mute()));
    assert_eq!(seen[0].fields.get("error"), "events::Mute");
}

#[test]
fn a_policy_tells_the_same() {
    let policy = RetryPolicy::new()
        .name("upload")
        .wait(wait::none())
        .before_sleep(log_trace().error(Show::Type).hook::<Result<u8, Denied>>())
        .on_failure(log_error().hook());
    let seen = events(|| drop(policy.run(|| Err(Denied))));
    let told: Vec<_> = seen
        .iter()
        .map(|event| (event.level.as_str(), event.fields.get("error")))
        .collect();
    let kind = ("TRACE", "events::Denied");
    assert_eq!(told, [kind, kind, ("ERROR", "denied, password was 12345")]);
}

#[test]
fn that_somebody_cancelled_is_nothing_to_warn_of() {
    let token = CancelToken::new();
    token.cancel();
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .on_failure(log_error().hook::<Result<u8, Denied>>());
    let seen = events(|| drop(policy.run(|| Err(Denied))));
    assert_eq!(seen[0].level, "INFO");
    assert_eq!(seen[0].fields.get("reason"), "cancelled");
}
