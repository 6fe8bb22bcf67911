//! Words of `stop`.

use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::word::{Arg, Needs, Word};

/// Stop conditions.
pub static STOP: Vocabulary = Vocabulary {
    key: Key::Stop,
    noun: "a stop condition",
    plural: "stop conditions",
    example: "after_attempt(3)",
    combined: "stop conditions are combined with `|` (either) and `&` (both)",
    words: &[
        Word::new("after_attempt", &[Arg::Attempts], "after_attempt(3)").peers(&[
            "stop_after_attempt",
            "attempts",
            "max_attempts",
            "tries",
            "max_tries",
        ]),
        Word::new("after_delay", &[Arg::Duration], "after_delay(30s)")
            .peers(&["stop_after_delay"])
            .needs(Needs::Clock),
        Word::new("before_delay", &[Arg::Duration], "before_delay(30s)")
            .peers(&[
                "stop_before_delay",
                "max_elapsed_time",
                "max_elapsed",
                "max_duration",
                "timeout",
            ])
            .needs(Needs::Clock),
        Word::new("cancelled", &[Arg::Token], "cancelled(&SHUTDOWN)")
            .peers(&["stop_when_event_set"])
            .needs(Needs::Token)
            .in_program(),
        Word::new("never", &[], "never()").peers(&["stop_never", "forever"]),
        Word::new(
            "any",
            &[Arg::Parts],
            "any((after_attempt(3), after_delay(30s)))",
        )
        .peers(&["stop_any"]),
        Word::new(
            "all",
            &[Arg::Parts],
            "all((after_attempt(3), after_delay(30s)))",
        )
        .peers(&["stop_all"]),
        Word::new("stop_when", &[Arg::Closure], "stop_when(|progress| ..)")
            .needs(Needs::Everything)
            .in_program(),
    ],
    phrases: &[],
};
