//! Words of `hedge`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::{Arg, Word};

/// Hedges.
pub static HEDGE: Vocabulary = Vocabulary {
    key: Key::Hedge,
    noun: "a hedge",
    plural: "hedges",
    example: "delay(50ms)",
    combined: "",
    words: &[
        Word::new("delay", &[Arg::Duration], "delay(50ms)")
            .says("{0}")
            .peers(&["after", "hedge_after", "hedge_delay"])
            .in_program(),
        Word::new(
            "quantile",
            &[Arg::Latency, Arg::Ratio],
            "quantile(&LATENCY, 0.95)",
        )
        .says("the {1} quantile of {0}")
        .peers(&["percentile", "p90", "p95", "p99"])
        .in_program(),
    ],
    phrases: &[],
};

/// Methods of a hedge.
pub static HEDGE_SETTING: Vocabulary = Vocabulary {
    key: Key::Hedge,
    noun: "a hedge setting",
    plural: "hedge settings",
    example: "delay(50ms).copies(2)",
    combined: "",
    words: &[Word::new("copies", &[Arg::Count], ".copies(2)").says("{0}")],
    phrases: &[],
};

/// Hedges of a configuration file, which measures by itself.
pub static FILE_HEDGE: Vocabulary = Vocabulary {
    key: Key::Hedge,
    noun: "a hedge",
    plural: "hedges",
    example: "delay(50ms)",
    combined: "",
    words: &[
        Word::new("delay", &[Arg::Duration], "delay(50ms)").peers(&[
            "after",
            "hedge_after",
            "hedge_delay",
        ]),
        Word::new("quantile", &[Arg::Ratio], "quantile(0.95)").peers(&[
            "percentile",
            "p90",
            "p95",
            "p99",
        ]),
    ],
    phrases: &[],
};
