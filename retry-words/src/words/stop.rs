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
        Word::new("after_attempt", &[Arg::Attempts], "after_attempt(3)")
            .says("after {0}")
            .peers(&[
                "stop_after_attempt",
                "attempts",
                "max_attempts",
                "tries",
                "max_tries",
            ]),
        Word::new("after_delay", &[Arg::Duration], "after_delay(30s)")
            .says("once {0} have passed")
            .peers(&["stop_after_delay"])
            .needs(Needs::Clock),
        Word::new("before_delay", &[Arg::Duration], "before_delay(30s)")
            .says("if the next attempt would start {0} or later after the first")
            .peers(&[
                "stop_before_delay",
                "max_elapsed_time",
                "max_elapsed",
                "max_duration",
                "timeout",
            ])
            .needs(Needs::Clock),
        Word::new("cancelled", &[Arg::Token], "cancelled(&SHUTDOWN)")
            .says("as soon as {0} is cancelled")
            .peers(&["stop_when_event_set"])
            .needs(Needs::Token)
            .in_program(),
        Word::new("never", &[], "never()")
            .says("only if something else ends the call")
            .peers(&["stop_never", "forever"]),
        Word::new(
            "any",
            &[Arg::Parts],
            "any((after_attempt(3), after_delay(30s)))",
        )
        .says("{0} or {1}")
        .peers(&["stop_any"]),
        Word::new(
            "all",
            &[Arg::Parts],
            "all((after_attempt(3), after_delay(30s)))",
        )
        .says("{0} and {1}")
        .peers(&["stop_all"]),
        Word::new("stop_when", &[Arg::Closure], "stop_when(|progress| ..)")
            .says("once {0} holds")
            .needs(Needs::Everything)
            .in_program(),
    ],
    phrases: &[],
};
