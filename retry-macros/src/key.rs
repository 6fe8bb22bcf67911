//! The keys of the attribute, and what people write instead of them.

use crate::error::closest;

/// A key whose value is an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Stop,
    Wait,
    When,
    Before,
    After,
    BeforeSleep,
    OnSuccess,
    OnFailure,
    Fallback,
    ResetAfter,
    Stats,
    Name,
    Policy,
    Enabled,
    Sleep,
}

/// Every key with an example of its use.
const KEYS: [(&str, Option<Key>, &str); 25] = [
    ("stop", Some(Key::Stop), "stop = after_attempt(3)"),
    (
        "wait",
        Some(Key::Wait),
        "wait = exponential(100ms).max(10s).full_jitter()",
    ),
    ("when", Some(Key::When), "when = transient()"),
    ("on", None, "on = Err(Error::Timeout)"),
    ("unless", None, "unless = Err(Error::Unauthorized)"),
    (
        "case",
        None,
        "case(Err(Error::Busy), stop = after_attempt(8), wait = fixed(1s))",
    ),
    ("before", Some(Key::Before), "before = |state| ..."),
    ("after", Some(Key::After), "after = |state| ..."),
    (
        "before_sleep",
        Some(Key::BeforeSleep),
        "before_sleep = log_warn()",
    ),
    (
        "on_success",
        Some(Key::OnSuccess),
        "on_success = |state| ...",
    ),
    (
        "on_failure",
        Some(Key::OnFailure),
        "on_failure = log_error()",
    ),
    ("fallback", Some(Key::Fallback), "fallback = |give_up| ..."),
    ("reset_after", Some(Key::ResetAfter), "reset_after = 1min"),
    ("stats", Some(Key::Stats), "stats = &STATS"),
    ("name", Some(Key::Name), "name = \"payments\""),
    ("policy", Some(Key::Policy), "policy = database(3)"),
    ("enabled", Some(Key::Enabled), "enabled = self.retries"),
    ("sleep", Some(Key::Sleep), "sleep = my_timer::sleep"),
    ("clone", None, "clone(body)"),
    ("once", None, "once(id = Uuid::new_v4())"),
    ("attempt", None, "attempt = at"),
    ("wrap_err", None, "wrap_err = true"),
    ("unretried", None, "unretried = fetch_once"),
    ("retry_with", None, "retry_with = fetch_with"),
    ("crate", None, "crate = my_crate::persevere"),
];

impl Key {
    pub(crate) fn named(name: &str) -> Option<Key> {
        KEYS.iter()
            .find(|(key, ..)| *key == name)
            .and_then(|(_, key, _)| *key)
    }
}

/// How to write a key with a value.
pub(crate) fn example(name: &str) -> Option<&'static str> {
    KEYS.iter()
        .find(|(key, ..)| *key == name)
        .map(|(.., example)| *example)
}

/// What peers call it, and how it is written here.
const FOREIGN: [(&[&str], &str); 14] = [
    (
        &[
            "tries",
            "attempts",
            "max_attempts",
            "max_tries",
            "times",
            "count",
            "n",
        ],
        "stop = after_attempt(3)",
    ),
    (
        &[
            "delay",
            "backoff",
            "interval",
            "pause",
            "strategy",
            "wait_time",
            "min_delay",
        ],
        "wait = exponential(100ms).max(10s).full_jitter()",
    ),
    (
        &["max_delay", "max_backoff", "max_interval", "cap"],
        "wait = exponential(100ms).max(10s)",
    ),
    (
        &["factor", "multiplier", "backoff_factor", "exp_base"],
        "wait = exponential(1s).factor(1.5)",
    ),
    (&["jitter"], "wait = exponential(100ms).full_jitter()"),
    (
        &[
            "timeout",
            "max_elapsed",
            "max_elapsed_time",
            "max_time",
            "max_duration",
            "total_delay",
        ],
        "stop = before_delay(30s)",
    ),
    (
        &["retry", "retry_if", "predicate", "condition", "retry_when"],
        "when = err(|e| ...)",
    ),
    (
        &[
            "errors",
            "error",
            "exceptions",
            "retry_on",
            "retry_for",
            "kinds",
        ],
        "on = Err(PATTERN)",
    ),
    (
        &["retry_error_callback", "default", "recover"],
        "fallback = |give_up| ...",
    ),
    (
        &["notify", "callback", "on_retry", "before_retry"],
        "before_sleep = |state| ...",
    ),
    (
        &["on_error", "on_giveup", "on_give_up", "after_failure"],
        "on_failure = |state| ...",
    ),
    (&["logger", "log", "logging"], "before_sleep = log_warn()"),
    (
        &["sleeper", "timer", "sleep_using", "sleep_with"],
        "sleep = my_timer::sleep",
    ),
    (&["handle", "state", "context"], "attempt = at"),
];

/// What to say about a key that there is not.
pub(crate) fn unknown(name: &str, count: Option<u64>) -> String {
    let instead = match name {
        "retries" | "max_retries" | "retry_count" | "max_retry" => {
            return match count {
                Some(retries) => {
                    let attempts = retries.saturating_add(1);
                    format!(
                        "unknown key `{name}`; {retries} retries are `stop = after_attempt({attempts})`"
                    )
                }
                None => format!(
                    "unknown key `{name}`; retries are counted as attempts: `stop = after_attempt(retries + 1)`"
                ),
            };
        }
        "reraise" => {
            return "unknown key `reraise`; the last outcome is returned as it is, unless `wrap_err = true`"
                .to_owned();
        }
        _ => FOREIGN
            .iter()
            .find(|(names, _)| names.contains(&name))
            .map(|(_, instead)| *instead),
    };
    let slip = || closest(name, KEYS.iter().map(|(key, ..)| *key)).and_then(example);
    match instead.or_else(slip) {
        Some(example) => format!("unknown key `{name}`; did you mean `{example}`?"),
        None => {
            let names = KEYS.map(|(key, ..)| format!("`{key}`")).join(", ");
            format!("unknown key `{name}`; the keys are {names}")
        }
    }
}
