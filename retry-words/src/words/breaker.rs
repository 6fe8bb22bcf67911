//! Words of `breaker`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::{Arg, Word};

/// Settings of a breaker.
pub static BREAKER: Vocabulary = Vocabulary {
    key: Key::Breaker,
    noun: "a breaker setting",
    plural: "breaker settings",
    example: "consecutive(5).open_for(30s)",
    combined: "",
    words: &[
        Word::new("consecutive", &[Arg::Count], "consecutive(5)").peers(&[
            "consecutive_failures",
            "failures",
            "failure_threshold",
            "max_failures",
        ]),
        Word::new(
            "failure_rate",
            &[Arg::Ratio, Arg::Window],
            "failure_rate(0.5, count(100))",
        )
        .peers(&["failure_rate_threshold", "failure_ratio"]),
        Word::new(
            "slow_calls",
            &[Arg::Duration, Arg::Ratio, Arg::Window],
            "slow_calls(2s, 0.8, time(1min))",
        )
        .peers(&["slow_call_rate_threshold", "slow_call_duration_threshold"]),
        Word::new(
            "failures_within",
            &[Arg::Count, Arg::Duration],
            "failures_within(5, 1min)",
        )
        .peers(&["failure_threshold_period"]),
        Word::new("minimum", &[Arg::Count], "minimum(20)")
            .peers(&["minimum_number_of_calls", "minimum_throughput"]),
        Word::new("open_for", &[Arg::Duration], "open_for(30s)").peers(&[
            "wait_duration_in_open_state",
            "break_duration",
            "reset_timeout",
            "recovery_timeout",
        ]),
        Word::new(
            "growing",
            &[Arg::Factor, Arg::Duration],
            "growing(1.5, 1min)",
        ),
        Word::new("open_times", &[Arg::Durations], "open_times([1s, 5s, 30s])")
            .peers(&["break_duration_generator"]),
        Word::new("probes", &[Arg::Count], "probes(3)").peers(&[
            "permitted_number_of_calls_in_half_open_state",
            "half_open_max_calls",
        ]),
        Word::new("successes", &[Arg::Count], "successes(2)").peers(&["success_threshold"]),
        Word::new("ramp", &[Arg::Duration], "ramp(10s)"),
        Word::new("metrics_only", &[], "metrics_only()"),
        Word::new("listener", &[Arg::Closure], "listener(|change| ..)").in_program(),
        Word::new("wait_for", &[Arg::Breaker], "wait_for(&BREAKER)").in_program(),
    ],
    phrases: &[],
};

/// Methods that select the outcomes that a breaker counts.
pub static BREAKER_VIEW: Vocabulary = Vocabulary {
    key: Key::Breaker,
    noun: "a breaker view",
    plural: "breaker views",
    example: "BREAKER.ignoring(err(|e| ..))",
    combined: "",
    words: &[
        Word::new("failures", &[Arg::Predicate], ".failures(err(|e| ..))").in_program(),
        Word::new("ignoring", &[Arg::Predicate], ".ignoring(err(|e| ..))").in_program(),
        Word::new("by_error", &[], ".by_error()").in_program(),
    ],
    phrases: &[],
};

/// Windows of calls that a breaker observes.
pub static WINDOW: Vocabulary = Vocabulary {
    key: Key::Breaker,
    noun: "a window",
    plural: "windows",
    example: "count(100)",
    combined: "",
    words: &[
        Word::new("count", &[Arg::Count], "count(100)"),
        Word::new("time", &[Arg::Duration], "time(1min)"),
    ],
    phrases: &[],
};
