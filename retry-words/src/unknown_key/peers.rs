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
    /// Any value.
    Anything,
}

/// Names that other libraries have for a key with a value.
pub(super) struct Peer {
    pub(super) names: &'static [&'static str],
    pub(super) key: Key,
    /// The value to write. `@` stands for the given value where it fits, else for `otherwise`.
    pub(super) value: &'static str,
    pub(super) given: Given,
    pub(super) otherwise: &'static str,
}

/// Defines [`PEERS`] with one row per meaning: a key with its value, the kind of value that is shown again with its
/// stand-in, and the names.
macro_rules! peers {
    ($($key:ident $value:literal, $given:ident $otherwise:literal: $($name:literal),+;)+) => {
        pub(super) static PEERS: &[Peer] = &[$(
            Peer {
                names: &[$($name),+],
                key: Key::$key,
                value: $value,
                given: Given::$given,
                otherwise: $otherwise,
            },
        )+];
    };
}

peers! {
    Stop "after_attempt(@)", Count "3":
        "tries", "attempts", "max_attempts", "max_tries", "stop_after_attempt", "times", "count", "limit", "n";
    Wait "fixed(@)", Duration "1s":
        "delay", "interval", "pause", "wait_time", "wait_duration", "delay_ms", "millis", "secs", "seconds";
    Wait "exponential(100ms).max(10s).full_jitter()", Nothing "":
        "backoff", "strategy", "exponential", "exponential_backoff", "jitter";
    Wait "exponential(@)", Duration "100ms":
        "initial_delay", "initial_interval", "initial_backoff", "min_delay", "base_delay";
    Wait "exponential(100ms).max(@)", Duration "10s":
        "max_delay", "max_backoff", "max_interval", "max_wait", "cap";
    Wait "exponential(1s).factor(1.5)", Nothing "":
        "factor", "multiplier", "backoff_factor", "exp_base";
    Stop "before_delay(@)", Duration "30s":
        "max_elapsed", "max_elapsed_time", "max_time", "max_duration", "total_delay";
    AttemptTimeout "@", Duration "2s":
        "per_attempt_timeout", "per_try_timeout", "try_timeout";
    IdleTimeout "@", Duration "30s":
        "idle", "idle_time", "idle_limit", "inactivity_timeout", "heartbeat_timeout";
    Deadline "@", Duration "10s":
        "timeout", "total_timeout", "overall_timeout", "call_timeout";
    Breaker "@", Shared "&BREAKER":
        "circuit_breaker", "circuit";
    Hedge "delay(50ms).copies(2)", Nothing "":
        "hedging", "hedged", "hedge_after", "hedge_delay";
    Breaker "wait_for(@)", Shared "&BREAKER":
        "wait_for", "wait_for_breaker";
    RateLimiter "@", Shared "&LIMITER":
        "rate_limit", "ratelimit", "ratelimiter", "limiter", "throttling", "rate", "rps", "quota", "permits";
    Bulkhead "@", Shared "&BULKHEAD":
        "semaphore", "concurrency", "max_concurrent", "max_concurrency", "concurrency_limit", "isolation",
        "max_in_flight";
    Budget "@", Shared "&BUDGET":
        "retry_budget", "throttle", "token_bucket";
    When "err(@)", Closure "|e| ..":
        "retry", "retry_if", "predicate", "condition", "retry_when", "filter";
    On "Err(PATTERN)", Nothing "":
        "errors", "error", "exceptions", "retry_on", "retry_for", "kinds";
    Fallback "@", Closure "|give_up| ..":
        "retry_error_callback", "default", "recover", "or_else";
    BeforeSleep "@", Closure "|state| ..":
        "notify", "callback", "on_retry", "before_retry";
    OnFailure "@", Closure "|state| ..":
        "on_error", "on_giveup", "on_give_up", "after_failure";
    BeforeSleep "log_warn()", Nothing "":
        "logger", "log", "logging";
    Span "true", Nothing "":
        "tracing", "trace", "instrument", "with_span";
    Sleep "@", Function "my_timer::sleep":
        "sleeper", "timer", "sleep_using", "sleep_with";
    Attempt "at", Nothing "":
        "handle", "state", "context";
    Nested "single()", Nothing "":
        "nesting";
}

/// Names of a number of retries, which is one less than that of attempts.
pub(super) const RETRIES: [&str; 5] = [
    "retries",
    "max_retries",
    "retry_count",
    "max_retry",
    "num_retries",
];
