//! The keys of a policy.

use std::format;
use std::string::String;

use super::near::{closest, list};
use super::syntax::duration;

/// A key whose value is data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Stop,
    Wait,
    Deadline,
    AttemptTimeout,
    ResetAfter,
    Enabled,
    Nested,
    Breaker,
    Budget,
}

/// Every key with its name and a value.
pub(super) const KEYS: [(Key, &str, &str); 9] = [
    (Key::Stop, "stop", "after_attempt(3)"),
    (
        Key::Wait,
        "wait",
        "exponential(100ms).max(10s).full_jitter()",
    ),
    (Key::Deadline, "deadline", "10s"),
    (Key::AttemptTimeout, "attempt_timeout", "2s"),
    (Key::ResetAfter, "reset_after", "10min"),
    (Key::Enabled, "enabled", "true"),
    (Key::Nested, "nested", "share()"),
    (Key::Breaker, "breaker", "consecutive(5).open_for(30s)"),
    (Key::Budget, "budget", "ratio(0.2, 10s)"),
];

/// What peers call it, and how it is written here; `@` stands for the value that was given, if that
/// fits, else for what is behind it.
const PEERS: [(&[&str], &str, &str); 9] = [
    (
        &["attempts", "max_attempts", "tries", "max_tries"],
        "stop = \"after_attempt(@)\"",
        "3",
    ),
    (
        &[
            "max_elapsed_time",
            "max_elapsed",
            "max_time",
            "max_duration",
        ],
        "stop = \"before_delay(@)\"",
        "30s",
    ),
    (
        &["delay", "interval", "pause", "wait_duration", "wait_time"],
        "wait = \"@\"",
        "1s",
    ),
    (
        &["backoff", "min_delay", "initial_interval", "initial_delay"],
        "wait = \"exponential(@)\"",
        "100ms",
    ),
    (
        &["max_delay", "max_backoff", "max_interval", "cap"],
        "wait = \"exponential(100ms).max(@)\"",
        "10s",
    ),
    (
        &["jitter", "factor", "multiplier"],
        "wait = \"exponential(100ms).factor(1.5).full_jitter()\"",
        "",
    ),
    (&["timeout", "total_timeout"], "deadline = \"@\"", "10s"),
    (
        &["per_try_timeout", "per_attempt_timeout", "try_timeout"],
        "attempt_timeout = \"@\"",
        "2s",
    ),
    (
        &["circuit_breaker", "circuit"],
        "breaker = \"consecutive(5).open_for(30s)\"",
        "",
    ),
];

const RETRIES: [&str; 4] = ["retries", "max_retries", "num_retries", "retry_count"];

/// Keys of the attribute that stay in the program.
const IN_CODE: [&str; 22] = [
    "when",
    "on",
    "unless",
    "case",
    "before",
    "after",
    "before_sleep",
    "on_success",
    "on_failure",
    "fallback",
    "interrupt",
    "hedge",
    "stats",
    "name",
    "policy",
    "sleep",
    "clone",
    "once",
    "attempt",
    "wrap_err",
    "unretried",
    "retry_with",
];

impl Key {
    pub(super) fn named(name: &str) -> Option<Key> {
        let key = KEYS.iter().find(|(_, key, _)| *key == name);
        key.map(|(key, ..)| *key)
    }

    /// A value that it can have.
    pub(super) fn example(self) -> &'static str {
        let key = KEYS.iter().find(|(key, ..)| *key == self);
        key.map_or("", |(.., example)| example)
    }
}

/// What to say about a key that there is not, with this value.
pub(super) fn unknown(name: &str, value: &str) -> String {
    if IN_CODE.contains(&name) {
        return format!("`{name}` stays in the program: `#[retry(policy = .., {name} ..)]`");
    }
    if RETRIES.contains(&name) {
        let retries = value.parse::<u32>().unwrap_or(3);
        let attempts = retries.saturating_add(1);
        return format!(
            "unknown key; the first attempt is counted too: `stop = \"after_attempt({attempts})\"` makes {retries} retries"
        );
    }
    let names = || KEYS.iter().map(|(_, key, _)| *key);
    let peer = PEERS.iter().find(|(theirs, ..)| theirs.contains(&name));
    match (peer, closest(name, names())) {
        (Some((_, ours, otherwise)), _) => {
            let alike = |text: &str| match otherwise.parse::<u32>() {
                Ok(_) => text.parse::<u32>().is_ok(),
                Err(_) => duration::read(text).is_ok(),
            };
            let given = if alike(value) { value } else { otherwise };
            format!("unknown key; did you mean `{}`?", ours.replace('@', given))
        }
        (None, Some(meant)) => format!("unknown key; did you mean `{meant}`?"),
        (None, None) => format!("unknown key; the keys are {}", list(names())),
    }
}
