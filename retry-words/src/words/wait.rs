//! Words of `wait`.

use crate::key::Key;
use crate::vocabulary::{Vocabulary, phrase};
use crate::word::{Arg, Needs, Word};

/// Waits.
pub static WAIT: Vocabulary = Vocabulary {
    key: Key::Wait,
    noun: "a wait",
    plural: "waits",
    example: "exponential(100ms).max(10s).full_jitter()",
    combined: "waits are added with `+`, and follow one another in `chain((first, second))`",
    words: &[
        Word::new("none", &[], "none()").says("none").peers(&[
            "wait_none",
            "zero",
            "no_delay",
            "no_wait",
            "immediate",
        ]),
        Word::new("fixed", &[Arg::Duration], "fixed(1s)")
            .says("{0}")
            .peers(&["wait_fixed", "constant", "fixed_interval"]),
        Word::new("random", &[Arg::Range], "random(1s..3s)")
            .says("a random time from {0} to {1}")
            .peers(&["wait_random", "uniform"]),
        Word::new(
            "incrementing",
            &[Arg::Duration, Arg::Duration],
            "incrementing(1s, 500ms)",
        )
        .says("{0}, {1} longer each time")
        .peers(&["wait_incrementing", "linear"]),
        Word::new("exponential", &[Arg::Duration], "exponential(100ms)")
            .says("{0}, {1} each time")
            .peers(&["backoff", "exponential_backoff"]),
        Word::new("fibonacci", &[Arg::Duration], "fibonacci(100ms)")
            .says("{0} times the Fibonacci numbers 1, 1, 2, 3, 5 and so on")
            .peers(&["fibonacci_backoff"]),
        Word::new("decorrelated", &[Arg::Duration], "decorrelated(100ms)")
            .says("a random time from {0} to three times the previous pause")
            .peers(&["decorrelated_jitter"])
            .needs(Needs::History),
        Word::new("schedule", &[Arg::Durations], "schedule([1s, 5s, 30s])")
            .says("first {0}, then {1} from then on")
            .peers(&["delays", "intervals"]),
        Word::new("chain", &[Arg::Parts], "chain((none(), fixed(1s)))")
            .says("first {0}, then {1} from then on"),
        Word::new(
            "from_err",
            &[Arg::Closure],
            "from_err(|e| e.retry_after()).or(fixed(1s))",
        )
        .says("the time that {0} reads from the error, or else {1}")
        .needs(Needs::Outcome)
        .in_program(),
        Word::new(
            "from_outcome",
            &[Arg::Closure],
            "from_outcome(|outcome| outcome.retry_after()).or(fixed(1s))",
        )
        .says("the time that {0} reads from the outcome, or else {1}")
        .needs(Needs::Outcome)
        .in_program(),
        Word::new(
            "adaptive",
            &[Arg::Signal],
            "adaptive(&BUDGET).over(fixed(1s))",
        )
        .says("{1}, up to {2} times as long by the pressure of {0}")
        .in_program(),
    ],
    phrases: &[
        phrase(&["wait_exponential"], "exponential(1s).max(1min)"),
        phrase(
            &["wait_random_exponential", "wait_full_jitter"],
            "exponential(1s).max(1min).full_jitter()",
        ),
        phrase(
            &["wait_exponential_jitter"],
            "exponential(1s).max(1min).jitter_add(1s)",
        ),
        phrase(&["wait_chain"], "chain((fixed(1s), fixed(5s)))"),
        phrase(&["wait_combine"], "fixed(1s) + random(0s..1s)"),
        phrase(&["wait_exception"], "from_err(|e| ..).or(fixed(1s))"),
    ],
};

/// Methods of a wait.
pub static WAIT_MODIFIER: Vocabulary = Vocabulary {
    key: Key::Wait,
    noun: "a wait modifier",
    plural: "wait modifiers",
    example: ".max(10s)",
    combined: "",
    words: &[
        Word::new("max", &[Arg::Duration], ".max(10s)")
            .says("at most {0}")
            .peers(&[
                "with_max_delay",
                "max_delay",
                "with_max_interval",
                "cap",
                "capped",
                "upper_bound",
            ]),
        Word::new("min", &[Arg::Duration], ".min(1s)")
            .says("at least {0}")
            .peers(&["with_min_delay", "min_delay"]),
        Word::new("full_jitter", &[], ".full_jitter()")
            .says("shortened at random (full jitter)")
            .peers(&["jitter", "with_jitter", "jittered", "randomize"]),
        Word::new("equal_jitter", &[], ".equal_jitter()")
            .says("shortened at random by up to half (equal jitter)"),
        Word::new("jitter_ratio", &[Arg::Ratio], ".jitter_ratio(0.25)")
            .says("shortened or lengthened at random by up to {0} of it (jitter)"),
        Word::new("jitter_add", &[Arg::Duration], ".jitter_add(1s)")
            .says("lengthened at random by up to {0} (jitter)"),
        Word::new("hint_max", &[Arg::Duration], ".hint_max(5min)"),
        Word::new("factor", &[Arg::Factor], ".factor(1.5)")
            .says("multiplied by {0}")
            .peers(&[
                "with_factor",
                "multiplier",
                "with_multiplier",
                "base",
                "exponent_base",
            ]),
        Word::new("or", &[Arg::Wait], ".or(fixed(1s))").in_program(),
        Word::new("over", &[Arg::Wait], ".over(fixed(1s))").in_program(),
        // Stops and predicates have it too.
        Word::new("boxed", &[], ".boxed()").in_program(),
    ],
    phrases: &[
        phrase(
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
        phrase(&["map", "and_then"], "|state| .."),
    ],
};
