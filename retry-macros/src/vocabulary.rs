//! The words of strategies: what a bare call in strategy position means.

use crate::error::closest;

/// Which strategy a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Stop,
    Wait,
    When,
}

impl Role {
    /// The key, which is also the module of the words.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Role::Stop => "stop",
            Role::Wait => "wait",
            Role::When => "when",
        }
    }

    pub(crate) fn noun(self) -> &'static str {
        match self {
            Role::Stop => "a stop condition",
            Role::Wait => "a wait",
            Role::When => "a predicate",
        }
    }

    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Role::Stop => &STOP,
            Role::Wait => &WAIT,
            Role::When => &WHEN,
        }
    }

    pub(crate) fn has(self, word: &str) -> bool {
        self.words().contains(&word)
    }
}

const STOP: [&str; 8] = [
    "after_attempt",
    "after_delay",
    "before_delay",
    "cancelled",
    "never",
    "any",
    "all",
    "stop_when",
];

const WAIT: [&str; 11] = [
    "none",
    "fixed",
    "random",
    "incrementing",
    "exponential",
    "fibonacci",
    "decorrelated",
    "schedule",
    "chain",
    "from_err",
    "from_outcome",
];

const WHEN: [&str; 11] = [
    "err",
    "ok",
    "outcome",
    "transient",
    "unsent",
    "err_is",
    "cause_is",
    "message",
    "any_failure",
    "always",
    "never",
];

/// Callbacks that write a line.
pub(crate) const LOG: [&str; 5] = [
    "log_error",
    "log_warn",
    "log_info",
    "log_debug",
    "log_trace",
];

/// The key that a word belongs to.
pub(crate) fn key_of(word: &str) -> Option<&'static str> {
    [Role::Stop, Role::Wait, Role::When]
        .into_iter()
        .find(|role| role.has(word))
        .map(Role::key)
}

/// What tenacity and other peers call a word.
const FOREIGN: [(&str, &str); 22] = [
    ("stop_after_attempt", "after_attempt(3)"),
    ("stop_after_delay", "after_delay(30s)"),
    ("stop_before_delay", "before_delay(30s)"),
    ("stop_never", "never()"),
    ("stop_any", "any((a, b))"),
    ("stop_all", "all((a, b))"),
    ("stop_when_event_set", "cancelled(&FLAG)"),
    ("wait_none", "none()"),
    ("wait_fixed", "fixed(1s)"),
    ("wait_random", "random(1s..3s)"),
    ("wait_incrementing", "incrementing(1s, 1s)"),
    ("wait_exponential", "exponential(1s).max(1min)"),
    (
        "wait_random_exponential",
        "exponential(1s).max(1min).full_jitter()",
    ),
    (
        "wait_exponential_jitter",
        "exponential(1s).max(1min).jitter_add(1s)",
    ),
    ("wait_chain", "chain((fixed(1s), fixed(5s)))"),
    ("wait_combine", "fixed(1s) + random(0s..1s)"),
    ("retry_if_exception", "err(|e| ...)"),
    ("retry_if_exception_type", "err_is::<E>()"),
    ("retry_if_exception_cause_type", "cause_is::<E>()"),
    ("retry_if_exception_message", "message(\"...\")"),
    ("retry_if_result", "ok(|v| ...)"),
    ("retry_always", "always()"),
];

/// How a word of a peer is written here.
pub(crate) fn foreign(word: &str) -> Option<&'static str> {
    FOREIGN
        .iter()
        .find(|(theirs, _)| *theirs == word)
        .map(|(_, ours)| *ours)
}

/// The word of this role that `written` is a slip of.
pub(crate) fn slip(role: Role, written: &str) -> Option<&'static str> {
    closest(written, role.words().iter().copied())
}
