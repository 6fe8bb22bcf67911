//! Words of `budget`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::{Arg, Word};

/// Constructors of a budget.
pub static BUDGET: Vocabulary = Vocabulary {
    key: Key::Budget,
    noun: "a budget",
    plural: "budgets",
    example: "ratio(0.2, 10s)",
    combined: "",
    words: &[
        Word::new("ratio", &[Arg::Ratio, Arg::Duration], "ratio(0.2, 10s)").peers(&["percent"]),
        Word::new("tokens", &[Arg::Count], "tokens(500)").peers(&["token_bucket", "quota"]),
        Word::new("throttle", &[Arg::Count, Arg::Ratio], "throttle(10, 0.1)"),
        Word::new("in_flight", &[Arg::Count, Arg::Ratio], "in_flight(3, 0.2)")
            .peers(&["max_concurrency"]),
        Word::new("total", &[Arg::Count], "total(100)"),
    ],
    phrases: &[],
};

/// Methods of a budget.
pub static BUDGET_SETTING: Vocabulary = Vocabulary {
    key: Key::Budget,
    noun: "a budget setting",
    plural: "budget settings",
    example: "ratio(0.2, 10s).reserve(10)",
    combined: "",
    words: &[
        Word::new(
            "costs",
            &[Arg::Count, Arg::Count],
            "tokens(500).costs(5, 10)",
        ),
        Word::new("reserve", &[Arg::Count], "ratio(0.2, 10s).reserve(10)"),
    ],
    phrases: &[],
};
