//! Messages for unknown keys.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};

use super::peers::{PEERS, RETRIES};
use super::{Given, Place, unknown_key};
use crate::key::Key;

fn nothing(_: Given) -> Option<String> {
    None
}

#[test]
fn no_name_of_a_peer_stands_twice() {
    let mut seen = BTreeSet::new();
    let names = PEERS.iter().flat_map(|peer| peer.names).chain(&RETRIES);
    for &name in names.chain(&["reraise"]) {
        assert!(seen.insert(name), "`{name}` stands twice");
        assert_eq!(Key::named(name), None, "`{name}` is a key of ours");
    }
}

#[test]
fn a_value_is_shown_where_one_is_asked_for() {
    for peer in PEERS {
        let shows = peer.value.contains('@');
        assert_eq!(shows, peer.given != Given::Nothing, "{:?}", peer.names);
        assert_eq!(shows, !peer.otherwise.is_empty(), "{:?}", peer.names);
    }
}

#[test]
fn unknown_keys_of_the_attribute_say_what_to_write() {
    let table = [
        (
            "tries",
            Given::Count,
            "5",
            "did you mean `stop = after_attempt(5)`?",
        ),
        (
            "tries",
            Given::Closure,
            "|| 5",
            "did you mean `stop = after_attempt(3)`?",
        ),
        (
            "initial_delay",
            Given::Duration,
            "100ms",
            "did you mean `wait = exponential(100ms)`?",
        ),
        (
            "wait_duration",
            Given::Duration,
            "2s",
            "did you mean `wait = fixed(2s)`?",
        ),
        (
            "circuit_breaker",
            Given::Shared,
            "&PAYMENTS",
            "did you mean `breaker = &PAYMENTS`?",
        ),
        (
            "retries",
            Given::Count,
            "5",
            "5 retries are `stop = after_attempt(6)`",
        ),
        (
            "retries",
            Given::Count,
            "1",
            "1 retry is `stop = after_attempt(2)`",
        ),
        (
            "retries",
            Given::Count,
            "limit",
            "the first attempt is counted too: `stop = after_attempt(limit + 1)`",
        ),
        (
            "sotp",
            Given::Anything,
            "never()",
            "did you mean `stop = never()`?",
        ),
        (
            "oncee",
            Given::Anything,
            "5",
            "did you mean `once(id = Uuid::new_v4())`?",
        ),
    ];
    for (name, kind, value, advice) in table {
        let message = unknown_key(name, Place::Attribute, &|asked| {
            (asked == kind).then(|| value.to_string())
        });
        assert_eq!(message, alloc::format!("unknown key `{name}`; {advice}"));
    }
    let of_a_file = unknown_key("breaker_state", Place::Attribute, &nothing);
    assert!(
        of_a_file.contains("it is for configuration files; in the program call `force_open()`"),
        "{of_a_file}"
    );
    let all = unknown_key("flavour", Place::Attribute, &nothing);
    assert!(
        all.starts_with("unknown key `flavour`; the keys are `stop`, `wait`, `when`, "),
        "{all}"
    );
}

#[test]
fn unknown_keys_of_a_guard_lead_to_keys_that_it_has() {
    let table = [
        ("timeout", "5s", "did you mean `deadline = 5s`?"),
        ("dedline", "5s", "did you mean `deadline = 5s`?"),
        (
            "tries",
            "5",
            "`#[guard]` makes one attempt; with retries write `#[retry(stop = after_attempt(5))]`",
        ),
        (
            "retries",
            "5",
            "`#[guard]` makes one attempt; with retries write `#[retry(stop = after_attempt(6))]`",
        ),
        (
            "sotp",
            "never()",
            "`#[guard]` makes one attempt; with retries write `#[retry(stop = after_attempt(3))]`",
        ),
        ("reraise", "true", "the outcome is returned as it is"),
    ];
    for (name, value, advice) in table {
        let given = |_| Some(value.to_string());
        let message = unknown_key(name, Place::Guard, &given);
        assert_eq!(message, alloc::format!("unknown key `{name}`; {advice}"));
    }
    let all = unknown_key("flavour", Place::Guard, &nothing);
    assert!(
        all.contains("`fallback`") && !all.contains("`stop`"),
        "{all}"
    );
}

#[test]
fn every_key_of_the_attribute_is_known_in_a_file() {
    for &key in Key::ALL.iter().filter(|key| key.in_file().is_none()) {
        let message = unknown_key(key.name(), Place::File, &nothing);
        assert!(message.contains("stays in the program"), "{message}");
        assert!(message.contains(key.example()), "{message}");
    }
}

#[test]
fn unknown_keys_of_a_file_say_what_to_write() {
    let table = [
        ("wiat", "unknown key; did you mean `wait`?"),
        ("timeout", "unknown key; did you mean `deadline = \"10s\"`?"),
        (
            "circuit_breaker",
            "unknown key; did you mean `breaker = \"consecutive(5).open_for(30s)\"`?",
        ),
        (
            "retries",
            "unknown key; the first attempt is counted too: `stop = \"after_attempt(4)\"` makes 3 retries",
        ),
        (
            "retry_if",
            "unknown key; `when` stays in the program: `#[retry(policy = .., when = err(|e| ..))]`",
        ),
        ("hegde", "unknown key; did you mean `hedge`?"),
        (
            "policy",
            "`policy` stays in the program: `#[retry(policy = database(3))]`",
        ),
    ];
    for (name, message) in table {
        assert_eq!(unknown_key(name, Place::File, &nothing), message);
    }
}
