//! Names that other libraries have for keys.

use crate::key::Key;

/// A kind of value that a message shows again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// No value is shown.
    Nothing,
    /// A whole number, or a name of one.
    Count,
    /// A duration, or a name of one.
    Duration,
    /// A closure.
    Closure,
    /// A reference to a `static`.
    Shared,
    /// A function's path.
    Function,
    /// Whatever it is.
    Anything,
}

/// Names that other libraries have for a key with a value.
pub(super) struct Peer {
    pub(super) names: &'static [&'static str],
    pub(super) key: Key,
    /// The value to write; `@` stands for the value that was given, where that fits, else for `otherwise`.
    pub(super) value: &'static str,
    pub(super) given: Given,
    pub(super) otherwise: &'static str,
}

const fn peer(
    names: &'static [&'static str],
    key: Key,
    value: &'static str,
    given: Given,
    otherwise: &'static str,
) -> Peer {
    Peer {
        names,
        key,
        value,
        given,
        otherwise,
    }
}

pub(super) static PEERS: [Peer; 24] = [
    peer(
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
        Key::Stop,
        "after_attempt(@)",
        Given::Count,
        "3",
    ),
    peer(
        &[
            "delay",
            "interval",
            "pause",
            "wait_time",
            "wait_duration",
            "delay_ms",
            "millis",
            "secs",
            "seconds",
        ],
        Key::Wait,
        "fixed(@)",
        Given::Duration,
        "1s",
    ),
    peer(
        &["backoff", "strategy", "exponential", "exponential_backoff"],
        Key::Wait,
        "exponential(100ms).max(10s).full_jitter()",
        Given::Nothing,
        "",
    ),
    peer(
        &[
            "initial_delay",
            "initial_interval",
            "initial_backoff",
            "min_delay",
            "base_delay",
        ],
        Key::Wait,
        "exponential(@)",
        Given::Duration,
        "100ms",
    ),
    peer(
        &[
            "max_delay",
            "max_backoff",
            "max_interval",
            "max_wait",
            "cap",
        ],
        Key::Wait,
        "exponential(100ms).max(@)",
        Given::Duration,
        "10s",
    ),
    peer(
        &["factor", "multiplier", "backoff_factor", "exp_base"],
        Key::Wait,
        "exponential(1s).factor(1.5)",
        Given::Nothing,
        "",
    ),
    peer(
        &["jitter"],
        Key::Wait,
        "exponential(100ms).max(10s).full_jitter()",
        Given::Nothing,
        "",
    ),
    peer(
        &[
            "max_elapsed",
            "max_elapsed_time",
            "max_time",
            "max_duration",
            "total_delay",
        ],
        Key::Stop,
        "before_delay(@)",
        Given::Duration,
        "30s",
    ),
    peer(
        &["per_attempt_timeout", "per_try_timeout", "try_timeout"],
        Key::AttemptTimeout,
        "@",
        Given::Duration,
        "2s",
    ),
    peer(
        &[
            "timeout",
            "total_timeout",
            "overall_timeout",
            "call_timeout",
        ],
        Key::Deadline,
        "@",
        Given::Duration,
        "10s",
    ),
    peer(
        &["circuit_breaker", "circuit"],
        Key::Breaker,
        "@",
        Given::Shared,
        "&BREAKER",
    ),
    peer(
        &["hedging", "hedged", "hedge_after", "hedge_delay"],
        Key::Hedge,
        "delay(50ms).copies(2)",
        Given::Nothing,
        "",
    ),
    peer(
        &["wait_for", "wait_for_breaker"],
        Key::Breaker,
        "wait_for(@)",
        Given::Shared,
        "&BREAKER",
    ),
    peer(
        &["retry_budget", "throttle", "token_bucket"],
        Key::Budget,
        "@",
        Given::Shared,
        "&BUDGET",
    ),
    peer(
        &[
            "retry",
            "retry_if",
            "predicate",
            "condition",
            "retry_when",
            "filter",
        ],
        Key::When,
        "err(@)",
        Given::Closure,
        "|e| ..",
    ),
    peer(
        &[
            "errors",
            "error",
            "exceptions",
            "retry_on",
            "retry_for",
            "kinds",
        ],
        Key::On,
        "Err(PATTERN)",
        Given::Nothing,
        "",
    ),
    peer(
        &["retry_error_callback", "default", "recover", "or_else"],
        Key::Fallback,
        "@",
        Given::Closure,
        "|give_up| ..",
    ),
    peer(
        &["notify", "callback", "on_retry", "before_retry"],
        Key::BeforeSleep,
        "@",
        Given::Closure,
        "|state| ..",
    ),
    peer(
        &["on_error", "on_giveup", "on_give_up", "after_failure"],
        Key::OnFailure,
        "@",
        Given::Closure,
        "|state| ..",
    ),
    peer(
        &["logger", "log", "logging"],
        Key::BeforeSleep,
        "log_warn()",
        Given::Nothing,
        "",
    ),
    peer(
        &["tracing", "trace", "instrument", "with_span"],
        Key::Span,
        "true",
        Given::Nothing,
        "",
    ),
    peer(
        &["sleeper", "timer", "sleep_using", "sleep_with"],
        Key::Sleep,
        "@",
        Given::Function,
        "my_timer::sleep",
    ),
    peer(
        &["handle", "state", "context"],
        Key::Attempt,
        "at",
        Given::Nothing,
        "",
    ),
    peer(&["nesting"], Key::Nested, "single()", Given::Nothing, ""),
];

/// Names of a number of retries, which is one less than that of attempts.
pub(super) const RETRIES: [&str; 5] = [
    "retries",
    "max_retries",
    "retry_count",
    "max_retry",
    "num_retries",
];
