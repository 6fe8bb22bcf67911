//! The keys of the attribute, and what people write instead of them.

use syn::{Expr, ExprLit, Lit};

use crate::diagnostics::{closest, text};
use crate::duration;

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
    Deadline,
    AttemptTimeout,
    Breaker,
    Budget,
    Hedge,
    Nested,
    Interrupt,
}

/// Every key with an example of its use.
const KEYS: [(&str, Option<Key>, &str); 34] = [
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
    ("before", Some(Key::Before), "before = |state| .."),
    ("after", Some(Key::After), "after = |state| .."),
    (
        "before_sleep",
        Some(Key::BeforeSleep),
        "before_sleep = log_warn()",
    ),
    (
        "on_success",
        Some(Key::OnSuccess),
        "on_success = |state| ..",
    ),
    (
        "on_failure",
        Some(Key::OnFailure),
        "on_failure = log_error()",
    ),
    ("deadline", Some(Key::Deadline), "deadline = 10s"),
    (
        "attempt_timeout",
        Some(Key::AttemptTimeout),
        "attempt_timeout = 2s",
    ),
    ("breaker", Some(Key::Breaker), "breaker = &PAYMENTS"),
    ("budget", Some(Key::Budget), "budget = &BUDGET"),
    ("hedge", Some(Key::Hedge), "hedge = delay(50ms).copies(2)"),
    ("nested", Some(Key::Nested), "nested = single()"),
    (
        "interrupt",
        Some(Key::Interrupt),
        "interrupt = |interrupt| ..",
    ),
    ("fallback", Some(Key::Fallback), "fallback = |give_up| .."),
    ("reset_after", Some(Key::ResetAfter), "reset_after = 1min"),
    ("stats", Some(Key::Stats), "stats = &STATS"),
    ("name", Some(Key::Name), "name = \"payments\""),
    ("span", None, "span = true"),
    ("metrics", None, "metrics = true"),
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

/// What peers call it, and how it is written here; `@` stands for the value that was given, if it
/// is of that kind, else for what is behind it.
const FOREIGN: [(&[&str], Given, &str, &str); 22] = [
    (
        &[
            "tries",
            "attempts",
            "max_attempts",
            "max_tries",
            "stop_after_attempt",
            "times",
            "count",
            "limit",
            "n",
        ],
        Given::Value,
        "stop = after_attempt(@)",
        "3",
    ),
    (
        &[
            "delay",
            "interval",
            "pause",
            "wait_time",
            "delay_ms",
            "millis",
            "secs",
            "seconds",
        ],
        Given::Duration,
        "wait = fixed(@)",
        "1s",
    ),
    (
        &[
            "backoff",
            "strategy",
            "min_delay",
            "exponential",
            "exponential_backoff",
        ],
        Given::Nothing,
        "wait = exponential(100ms).max(10s).full_jitter()",
        "",
    ),
    (
        &[
            "max_delay",
            "max_backoff",
            "max_interval",
            "max_wait",
            "cap",
        ],
        Given::Duration,
        "wait = exponential(100ms).max(@)",
        "10s",
    ),
    (
        &["factor", "multiplier", "backoff_factor", "exp_base"],
        Given::Nothing,
        "wait = exponential(1s).factor(1.5)",
        "",
    ),
    (
        &["jitter"],
        Given::Nothing,
        "wait = exponential(100ms).max(10s).full_jitter()",
        "",
    ),
    (
        &[
            "max_elapsed",
            "max_elapsed_time",
            "max_time",
            "max_duration",
            "total_delay",
        ],
        Given::Duration,
        "stop = before_delay(@)",
        "30s",
    ),
    (
        &["per_attempt_timeout", "per_try_timeout", "try_timeout"],
        Given::Duration,
        "attempt_timeout = @",
        "2s",
    ),
    (
        &[
            "timeout",
            "total_timeout",
            "overall_timeout",
            "call_timeout",
        ],
        Given::Duration,
        "deadline = @",
        "10s",
    ),
    (
        &["circuit_breaker", "circuit"],
        Given::Shared,
        "breaker = @",
        "&BREAKER",
    ),
    (
        &["hedging", "hedged", "hedge_after", "hedge_delay"],
        Given::Nothing,
        "hedge = delay(50ms).copies(2)",
        "",
    ),
    (
        &["wait_for", "wait_for_breaker"],
        Given::Shared,
        "breaker = wait_for(@)",
        "&BREAKER",
    ),
    (
        &["retry_budget", "throttle", "token_bucket"],
        Given::Shared,
        "budget = @",
        "&BUDGET",
    ),
    (
        &[
            "retry",
            "retry_if",
            "predicate",
            "condition",
            "retry_when",
            "filter",
        ],
        Given::Closure,
        "when = err(@)",
        "|e| ..",
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
        Given::Nothing,
        "on = Err(PATTERN)",
        "",
    ),
    (
        &["retry_error_callback", "default", "recover", "or_else"],
        Given::Closure,
        "fallback = @",
        "|give_up| ..",
    ),
    (
        &["notify", "callback", "on_retry", "before_retry"],
        Given::Closure,
        "before_sleep = @",
        "|state| ..",
    ),
    (
        &["on_error", "on_giveup", "on_give_up", "after_failure"],
        Given::Closure,
        "on_failure = @",
        "|state| ..",
    ),
    (
        &["logger", "log", "logging"],
        Given::Nothing,
        "before_sleep = log_warn()",
        "",
    ),
    (
        &["tracing", "trace", "instrument", "with_span"],
        Given::Nothing,
        "span = true",
        "",
    ),
    (
        &["sleeper", "timer", "sleep_using", "sleep_with"],
        Given::Value,
        "sleep = @",
        "my_timer::sleep",
    ),
    (
        &["handle", "state", "context"],
        Given::Nothing,
        "attempt = at",
        "",
    ),
];

/// Which values are shown again in what is written instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Nothing,
    Value,
    Duration,
    Closure,
    /// A reference; to what is there, if it is none yet.
    Shared,
}

impl Given {
    /// The value as it is to be written.
    fn text(self, value: &Expr) -> Option<String> {
        let written = text(value);
        if written.len() > 60 {
            return None;
        }
        match (self, value) {
            (Given::Nothing, _) => None,
            (Given::Duration, Expr::Lit(lit)) if duration::nanos(&lit.lit).is_some() => {
                Some(written)
            }
            (
                Given::Duration,
                Expr::Lit(ExprLit {
                    lit: Lit::Int(_) | Lit::Float(_),
                    ..
                }),
            ) => Some(format!("{written}s")),
            (_, Expr::Lit(ExprLit { lit, .. })) if self == Given::Value => match lit {
                Lit::Int(lit) if lit.suffix().is_empty() => Some(written),
                _ => None,
            },
            (
                Given::Duration | Given::Value,
                Expr::Path(_) | Expr::Field(_) | Expr::MethodCall(_),
            ) => Some(written),
            (Given::Closure, Expr::Closure(_))
            | (Given::Shared, Expr::Reference(_) | Expr::MethodCall(_)) => Some(written),
            (Given::Shared, Expr::Path(_) | Expr::Field(_)) => Some(format!("&{written}")),
            _ => None,
        }
    }
}

/// What to say about a key that there is not.
pub(crate) fn unknown(name: &str, value: Option<&Expr>) -> String {
    match name {
        "retries" | "max_retries" | "retry_count" | "max_retry" | "num_retries" => {
            let Some(given) = value.and_then(|value| Given::Value.text(value)) else {
                return format!(
                    "unknown key `{name}`; the first attempt is counted too: `stop = after_attempt(4)` makes 3 retries"
                );
            };
            return match given.parse::<u64>() {
                Ok(1) => format!("unknown key `{name}`; 1 retry is `stop = after_attempt(2)`"),
                Ok(retries) => {
                    let attempts = retries.saturating_add(1);
                    format!(
                        "unknown key `{name}`; {retries} retries are `stop = after_attempt({attempts})`"
                    )
                }
                Err(_) => format!(
                    "unknown key `{name}`; the first attempt is counted too: `stop = after_attempt({given} + 1)`"
                ),
            };
        }
        "reraise" => {
            return "unknown key `reraise`; the last outcome is returned as it is, unless `wrap_err = true`"
                .to_owned();
        }
        _ => {}
    }
    let foreign = FOREIGN.iter().find(|(names, ..)| names.contains(&name));
    let foreign = foreign.map(|(_, given, ours, otherwise)| {
        let given = value.and_then(|value| given.text(value));
        ours.replace('@', given.as_deref().unwrap_or(otherwise))
    });
    let slip = || {
        let key = closest(name, KEYS.iter().map(|(key, ..)| *key))?;
        let example = example(key)?;
        let simple = example.starts_with(&format!("{key} ="));
        let given = value.map(text).filter(|given| simple && given.len() <= 60);
        Some(given.map_or(example.to_owned(), |given| format!("{key} = {given}")))
    };
    match foreign.or_else(slip) {
        Some(instead) => format!("unknown key `{name}`; did you mean `{instead}`?"),
        None => {
            let names = KEYS.map(|(key, ..)| format!("`{key}`")).join(", ");
            format!("unknown key `{name}`; the keys are {names}")
        }
    }
}
