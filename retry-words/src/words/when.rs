//! Words of `when`.

use crate::key::Key;
use crate::vocabulary::{Vocabulary, phrase};
use crate::word::{Arg, Needs, Word};

/// Predicates.
pub static WHEN: Vocabulary = Vocabulary {
    key: Key::When,
    noun: "a predicate",
    plural: "predicates",
    example: "err(|e| ..)",
    combined: "predicates are combined with `|`, `&` and `!`",
    words: &[
        Word::new("err", &[Arg::Closure], "err(|e| ..)")
            .peers(&["retry_if_exception"])
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("ok", &[Arg::Closure], "ok(|value| ..)")
            .peers(&["retry_if_result"])
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("until", &[Arg::Closure], "until(|value| ..)")
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("outcome", &[Arg::Closure], "outcome(|outcome| ..)")
            .peers(&["retry_base"])
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("attempt", &[Arg::Closure], "attempt(|outcome, n| ..)")
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("transient", &[], "transient()")
            .needs(Needs::Transient)
            .in_program(),
        Word::new("unsent", &[], "unsent()")
            .needs(Needs::Transient)
            .in_program(),
        Word::new(
            "idempotent",
            &[Arg::Flag],
            "idempotent(method.is_idempotent())",
        )
        .needs(Needs::Transient)
        .in_program(),
        Word::new("err_is", &[Arg::Type], "err_is::<io::Error>()")
            .peers(&["retry_if_exception_type"])
            .needs(Needs::Error)
            .in_program(),
        Word::new("cause_is", &[Arg::Type], "cause_is::<io::Error>()")
            .peers(&["retry_if_exception_cause_type"])
            .needs(Needs::Error)
            .in_program(),
        Word::new(
            "transient_cause",
            &[Arg::Types],
            "transient_cause::<(io::Error, HttpError)>()",
        )
        .needs(Needs::Transient)
        .in_program(),
        Word::new(
            "unsent_cause",
            &[Arg::Types],
            "unsent_cause::<(io::Error, HttpError)>()",
        )
        .needs(Needs::Transient)
        .in_program(),
        Word::new(
            "idempotent_cause",
            &[Arg::Types, Arg::Flag],
            "idempotent_cause::<(io::Error, HttpError)>(method.is_idempotent())",
        )
        .needs(Needs::Transient)
        .in_program(),
        Word::new("message", &[Arg::Text], "message(\"refused\")")
            .peers(&["retry_if_exception_message"])
            .needs(Needs::Error)
            .in_program(),
        Word::new("any_failure", &[], "any_failure()")
            .needs(Needs::Error)
            .in_program(),
        Word::new("always", &[], "always()")
            .peers(&["retry_always"])
            .in_program(),
        Word::new("never", &[], "never()")
            .peers(&["retry_never"])
            .in_program(),
    ],
    phrases: &[
        phrase(
            &["retry_if_not_exception_type", "retry_unless_exception_type"],
            "!err_is::<io::Error>()",
        ),
        phrase(&["retry_if_not_exception_message"], "!message(\"refused\")"),
        phrase(&["retry_if_not_result"], "!ok(|value| ..)"),
        phrase(&["retry_any"], "transient() | ok(|value| ..)"),
        phrase(&["retry_all"], "transient() & !unsent()"),
    ],
};

/// Methods of a predicate.
pub static PREDICATE_MODIFIER: Vocabulary = Vocabulary {
    key: Key::When,
    noun: "a predicate modifier",
    plural: "predicate modifiers",
    example: "unsent().no_redirects()",
    combined: "",
    words: &[Word::new("no_redirects", &[], "unsent().no_redirects()")
        .peers(&[
            "without_redirects",
            "redirects",
            "follows_no_redirects",
            "unsent_without_redirects",
        ])
        .in_program()],
    phrases: &[],
};
