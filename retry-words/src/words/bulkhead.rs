//! Words of `bulkhead`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::{Arg, Word};

/// Constructors of a bulkhead.
pub static BULKHEAD: Vocabulary = Vocabulary {
    key: Key::Bulkhead,
    noun: "a bulkhead",
    plural: "bulkheads",
    example: "places(20)",
    combined: "",
    words: &[
        Word::new("places", &[Arg::Count], "places(20)").peers(&[
            "max_concurrent_calls",
            "max_concurrent",
            "max_concurrency",
            "max_parallelization",
            "permits",
            "limit",
        ]),
        Word::new("adaptive", &[Arg::Count, Arg::Count], "adaptive(1, 200)"),
    ],
    phrases: &[],
};

/// Methods of a bulkhead.
pub static BULKHEAD_SETTING: Vocabulary = Vocabulary {
    key: Key::Bulkhead,
    noun: "a bulkhead setting",
    plural: "bulkhead settings",
    example: "places(20).queue(100)",
    combined: "",
    words: &[
        Word::new("queue", &[Arg::Count], "places(20).queue(100)").peers(&[
            "queue_capacity",
            "queue_limit",
            "max_queue",
            "max_queuing_actions",
        ]),
    ],
    phrases: &[],
};
