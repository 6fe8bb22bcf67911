//! Words of `rate_limiter`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::{Arg, Word};

/// Constructors of a rate limiter.
pub static RATE_LIMITER: Vocabulary = Vocabulary {
    key: Key::RateLimiter,
    noun: "a rate limiter",
    plural: "rate limiters",
    example: "rate(5000, 1h)",
    combined: "",
    words: &[
        Word::new("rate", &[Arg::Count, Arg::Duration], "rate(5000, 1h)").peers(&[
            "limit_for_period",
            "permits",
            "permit_limit",
            "quota",
            "per",
        ]),
        Word::new("adaptive", &[], "adaptive()"),
    ],
    phrases: &[],
};

/// Methods of a rate limiter.
pub static RATE_LIMITER_SETTING: Vocabulary = Vocabulary {
    key: Key::RateLimiter,
    noun: "a rate limiter setting",
    plural: "rate limiter settings",
    example: "rate(5000, 1h).burst(50)",
    combined: "",
    words: &[
        Word::new("burst", &[Arg::Count], "rate(5000, 1h).burst(50)").peers(&[
            "allow_burst",
            "burst_size",
            "token_limit",
        ]),
        Word::new("max_wait", &[Arg::Duration], "rate(5000, 1h).max_wait(10s)")
            .peers(&["timeout_duration", "max_wait_time"]),
        Word::new(
            "max_hold",
            &[Arg::Duration],
            "rate(5000, 1h).max_hold(10min)",
        ),
        Word::new("adaptive", &[], "rate(5000, 1h).adaptive()"),
    ],
    phrases: &[],
};
