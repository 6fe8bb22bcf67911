//! The words of strategies: what a bare call in strategy position means.

use crate::diagnostics::closest;

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

    pub(crate) fn plural(self) -> &'static str {
        match self {
            Role::Stop => "stop conditions",
            Role::Wait => "waits",
            Role::When => "predicates",
        }
    }

    pub(crate) fn words(self) -> &'static [Word] {
        match self {
            Role::Stop => &STOP,
            Role::Wait => &WAIT,
            Role::When => &WHEN,
        }
    }

    pub(crate) fn word(self, name: &str) -> Option<&'static Word> {
        self.words().iter().find(|word| word.name == name)
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.word(name).is_some()
    }

    /// A value of this role, to be shown where none can be guessed.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Role::Stop => "after_attempt(3)",
            Role::Wait => "exponential(100ms).max(10s).full_jitter()",
            Role::When => "err(|e| ..)",
        }
    }

    /// How two of them are combined.
    pub(crate) fn combined(self) -> &'static str {
        match self {
            Role::Stop => "stop conditions are combined with `|` (either) and `&` (both)",
            Role::Wait => {
                "waits are added with `+`, and follow one another in `chain((first, second))`"
            }
            Role::When => "predicates are combined with `|`, `&` and `!`",
        }
    }
}

/// A word of a strategy.
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) example: &'static str,
}

/// What a word takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Attempts,
    Duration,
    TwoDurations,
    Range,
    Durations,
    /// Strategies of the same role.
    Parts,
    Closure,
    Type,
    /// One type, or a tuple of some.
    Types,
    TypesAndFlag,
    Text,
    Flag,
    Token,
    Signal,
}

impl Takes {
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Takes::Nothing => "nothing",
            Takes::Attempts => "a number of attempts",
            Takes::Duration => "a duration",
            Takes::TwoDurations => "two durations",
            Takes::Range => "a range of durations",
            Takes::Durations => "a list of durations",
            Takes::Parts => "a list of its parts",
            Takes::Closure => "a closure",
            Takes::Type => "a type",
            Takes::Types => "a type, or a tuple of types",
            Takes::TypesAndFlag => "a type or a tuple of types, and a `bool`",
            Takes::Text => "a text",
            Takes::Flag => "a `bool`",
            Takes::Token => "a token",
            Takes::Signal => "a signal",
        }
    }
}

const fn word(name: &'static str, takes: Takes, example: &'static str) -> Word {
    Word {
        name,
        takes,
        example,
    }
}

const STOP: [Word; 8] = [
    word("after_attempt", Takes::Attempts, "after_attempt(3)"),
    word("after_delay", Takes::Duration, "after_delay(30s)"),
    word("before_delay", Takes::Duration, "before_delay(30s)"),
    word("cancelled", Takes::Token, "cancelled(&SHUTDOWN)"),
    word("never", Takes::Nothing, "never()"),
    word(
        "any",
        Takes::Parts,
        "any((after_attempt(3), after_delay(30s)))",
    ),
    word(
        "all",
        Takes::Parts,
        "all((after_attempt(3), after_delay(30s)))",
    ),
    word("stop_when", Takes::Closure, "stop_when(|progress| ..)"),
];

const WAIT: [Word; 12] = [
    word("none", Takes::Nothing, "none()"),
    word("fixed", Takes::Duration, "fixed(1s)"),
    word("random", Takes::Range, "random(1s..3s)"),
    word(
        "incrementing",
        Takes::TwoDurations,
        "incrementing(1s, 500ms)",
    ),
    word("exponential", Takes::Duration, "exponential(100ms)"),
    word("fibonacci", Takes::Duration, "fibonacci(100ms)"),
    word("decorrelated", Takes::Duration, "decorrelated(100ms)"),
    word("schedule", Takes::Durations, "schedule([1s, 5s, 30s])"),
    word("chain", Takes::Parts, "chain((none(), fixed(1s)))"),
    word(
        "from_err",
        Takes::Closure,
        "from_err(|e| e.retry_after()).or(fixed(1s))",
    ),
    word(
        "from_outcome",
        Takes::Closure,
        "from_outcome(|outcome| outcome.retry_after()).or(fixed(1s))",
    ),
    word(
        "adaptive",
        Takes::Signal,
        "adaptive(&BUDGET).over(fixed(1s))",
    ),
];

const WHEN: [Word; 16] = [
    word("err", Takes::Closure, "err(|e| ..)"),
    word("ok", Takes::Closure, "ok(|value| ..)"),
    word("outcome", Takes::Closure, "outcome(|outcome| ..)"),
    word("attempt", Takes::Closure, "attempt(|outcome, n| ..)"),
    word("transient", Takes::Nothing, "transient()"),
    word("unsent", Takes::Nothing, "unsent()"),
    word(
        "idempotent",
        Takes::Flag,
        "idempotent(method.is_idempotent())",
    ),
    word("err_is", Takes::Type, "err_is::<io::Error>()"),
    word("cause_is", Takes::Type, "cause_is::<io::Error>()"),
    word(
        "transient_cause",
        Takes::Types,
        "transient_cause::<(io::Error, HttpError)>()",
    ),
    word(
        "unsent_cause",
        Takes::Types,
        "unsent_cause::<(io::Error, HttpError)>()",
    ),
    word(
        "idempotent_cause",
        Takes::TypesAndFlag,
        "idempotent_cause::<(io::Error, HttpError)>(method.is_idempotent())",
    ),
    word("message", Takes::Text, "message(\"refused\")"),
    word("any_failure", Takes::Nothing, "any_failure()"),
    word("always", Takes::Nothing, "always()"),
    word("never", Takes::Nothing, "never()"),
];

/// What follows a wait after a dot: its name, what it takes, and an example.
pub(crate) const MODIFIERS: [(&str, Modifier, &str); 10] = [
    ("factor", Modifier::Number, ".factor(1.5)"),
    ("min", Modifier::Duration, ".min(1s)"),
    ("max", Modifier::Duration, ".max(10s)"),
    ("full_jitter", Modifier::Nothing, ".full_jitter()"),
    ("equal_jitter", Modifier::Nothing, ".equal_jitter()"),
    ("jitter_ratio", Modifier::Number, ".jitter_ratio(0.25)"),
    ("jitter_add", Modifier::Duration, ".jitter_add(1s)"),
    ("hint_max", Modifier::Duration, ".hint_max(5min)"),
    ("or", Modifier::Wait, ".or(fixed(1s))"),
    ("over", Modifier::Wait, ".over(fixed(1s))"),
];

/// What a modifier takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    Nothing,
    Number,
    Duration,
    Wait,
}

impl Modifier {
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Modifier::Nothing => "nothing",
            Modifier::Number => "a number",
            Modifier::Duration => "a duration",
            Modifier::Wait => "a wait",
        }
    }
}

/// What peers call a modifier, and how it is written here.
const FOREIGN_MODIFIERS: [(&[&str], &str); 6] = [
    (
        &[
            "with_max_delay",
            "max_delay",
            "with_max_interval",
            "cap",
            "capped",
            "upper_bound",
        ],
        ".max(10s)",
    ),
    (&["with_min_delay", "min_delay"], ".min(1s)"),
    (
        &[
            "with_factor",
            "multiplier",
            "with_multiplier",
            "base",
            "exponent_base",
        ],
        ".factor(1.5)",
    ),
    (
        &["jitter", "with_jitter", "jittered", "randomize"],
        ".full_jitter()",
    ),
    (
        &[
            "take",
            "with_max_times",
            "max_retries",
            "with_max_retries",
            "times",
            "attempts",
        ],
        "stop = after_attempt(3)",
    ),
    (&["map", "and_then"], "|state| .."),
];

/// How a modifier that there is not is written here.
pub(crate) fn foreign_modifier(name: &str) -> Option<&'static str> {
    let foreign = FOREIGN_MODIFIERS
        .iter()
        .find(|(theirs, _)| theirs.contains(&name))
        .map(|(_, ours)| *ours);
    foreign.or_else(|| {
        let slip = closest(name, MODIFIERS.iter().map(|(name, ..)| *name))?;
        let (.., example) = MODIFIERS.iter().find(|(name, ..)| *name == slip)?;
        Some(*example)
    })
}

/// Callbacks that write a line.
pub(crate) const LOG: [&str; 5] = [
    "log_error",
    "log_warn",
    "log_info",
    "log_debug",
    "log_trace",
];

/// The role that a word belongs to.
pub(crate) fn role_of(name: &str) -> Option<Role> {
    [Role::Stop, Role::Wait, Role::When]
        .into_iter()
        .find(|role| role.has(name))
}

/// What tenacity calls a word. `@` stands for the number it was given, else for the one behind it.
const FOREIGN: [(&str, &str, &str); 32] = [
    ("stop_after_attempt", "after_attempt(@)", "3"),
    ("stop_after_delay", "after_delay(@s)", "30"),
    ("stop_before_delay", "before_delay(@s)", "30"),
    ("stop_never", "never()", ""),
    ("stop_any", "any((after_attempt(3), after_delay(30s)))", ""),
    ("stop_all", "all((after_attempt(3), after_delay(30s)))", ""),
    ("stop_when_event_set", "cancelled(&SHUTDOWN)", ""),
    ("wait_none", "none()", ""),
    ("wait_fixed", "fixed(@s)", "1"),
    ("wait_random", "random(1s..3s)", ""),
    ("wait_incrementing", "incrementing(1s, 500ms)", ""),
    ("wait_exponential", "exponential(1s).max(1min)", ""),
    (
        "wait_random_exponential",
        "exponential(1s).max(1min).full_jitter()",
        "",
    ),
    (
        "wait_full_jitter",
        "exponential(1s).max(1min).full_jitter()",
        "",
    ),
    (
        "wait_exponential_jitter",
        "exponential(1s).max(1min).jitter_add(1s)",
        "",
    ),
    ("wait_chain", "chain((fixed(1s), fixed(5s)))", ""),
    ("wait_combine", "fixed(1s) + random(0s..1s)", ""),
    ("wait_exception", "from_err(|e| ..).or(fixed(1s))", ""),
    ("retry_if_exception", "err(|e| ..)", ""),
    ("retry_if_exception_type", "err_is::<io::Error>()", ""),
    ("retry_if_not_exception_type", "!err_is::<io::Error>()", ""),
    ("retry_unless_exception_type", "!err_is::<io::Error>()", ""),
    (
        "retry_if_exception_cause_type",
        "cause_is::<io::Error>()",
        "",
    ),
    ("retry_if_exception_message", "message(\"refused\")", ""),
    (
        "retry_if_not_exception_message",
        "!message(\"refused\")",
        "",
    ),
    ("retry_if_result", "ok(|value| ..)", ""),
    ("retry_if_not_result", "!ok(|value| ..)", ""),
    ("retry_any", "transient() | ok(|value| ..)", ""),
    ("retry_all", "transient() & !unsent()", ""),
    ("retry_always", "always()", ""),
    ("retry_never", "never()", ""),
    ("retry_base", "outcome(|outcome| ..)", ""),
];

/// How a word of a peer is written here; `number` is its only argument.
pub(crate) fn foreign(name: &str, number: Option<&str>) -> Option<String> {
    FOREIGN
        .iter()
        .find(|(theirs, ..)| *theirs == name)
        .map(|(_, ours, otherwise)| ours.replace('@', number.unwrap_or(otherwise)))
}

/// The word of this role that `written` is a slip of.
pub(crate) fn slip(role: Role, written: &str) -> Option<&'static Word> {
    let name = closest(written, role.words().iter().map(|word| word.name))?;
    role.word(name)
}

/// A callback that peers have, and how it is written here.
pub(crate) fn foreign_callback(name: &str) -> Option<String> {
    let ours = match name {
        "before_log" | "after_log" | "before_sleep_log" | "log_warning" => "log_warn",
        _ => closest(name, LOG)?,
    };
    Some(format!("{ours}()"))
}
