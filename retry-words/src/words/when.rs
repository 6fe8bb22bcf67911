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
        Word::new("err", &[Arg::Closure], "err(|e| ..)").says("errors for which {0} holds")
            .peers(&["retry_if_exception"])
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("ok", &[Arg::Closure], "ok(|value| ..)").says("values for which {0} holds")
            .peers(&["retry_if_result"])
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("until", &[Arg::Closure], "until(|value| ..)").says("values until {0} holds")
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("outcome", &[Arg::Closure], "outcome(|outcome| ..)").says("outcomes for which {0} holds")
            .peers(&["retry_base"])
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("attempt", &[Arg::Closure], "attempt(|outcome, n| ..)").says("outcomes for which, with the number of the attempt, {0} holds")
            .needs(Needs::Outcome)
            .in_program(),
        Word::new("transient", &[], "transient()").says("transient errors (those that another attempt can cure)")
            .needs(Needs::Transient),
        Word::new("unsent", &[], "unsent()").says("transient errors that prove that the attempt had no effect")
            .needs(Needs::Transient),
        Word::new(
            "idempotent",
            &[Arg::Flag],
            "idempotent(method.is_idempotent())",
        ).says("transient errors if {0} is true, and otherwise those that prove that the attempt had no effect")
        .needs(Needs::Transient)
        .in_program(),
        Word::new("err_is", &[Arg::Type], "err_is::<io::Error>()").says("errors of type {0}")
            .peers(&["retry_if_exception_type"])
            .needs(Needs::Error)
            .in_program(),
        Word::new("cause_is", &[Arg::Type], "cause_is::<io::Error>()").says("errors of type {0}, or caused by one")
            .peers(&["retry_if_exception_cause_type"])
            .needs(Needs::Error)
            .in_program(),
        Word::new(
            "transient_cause",
            &[Arg::Types],
            "transient_cause::<(io::Error, HttpError)>()",
        ).says("errors with a transient one of type {0} among their causes")
        .needs(Needs::Transient)
        .in_program(),
        Word::new(
            "unsent_cause",
            &[Arg::Types],
            "unsent_cause::<(io::Error, HttpError)>()",
        ).says("errors with one of type {0} among their causes that proves that the attempt had no effect")
        .needs(Needs::Transient)
        .in_program(),
        Word::new(
            "idempotent_cause",
            &[Arg::Types, Arg::Flag],
            "idempotent_cause::<(io::Error, HttpError)>(method.is_idempotent())",
        ).says("errors with one of type {0} among their causes that is transient and, unless {1} is true, proves that the attempt had no effect")
        .needs(Needs::Transient)
        .in_program(),
        Word::new("message", &[Arg::Text], "message(\"refused\")").says("errors whose message contains {0}")
            .peers(&["retry_if_exception_message"])
            .needs(Needs::Error)
            .in_program(),
        Word::new("any_failure", &[], "any_failure()").says("`Err` and `None`")
            .needs(Needs::Error),
        Word::new("always", &[], "always()").says("every outcome, successes too")
            .peers(&["retry_always"])
            .in_program(),
        Word::new("never", &[], "never()").says("nothing")
            .peers(&["retry_never"]),
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
    words: &[
        Word::new("no_redirects", &[], "unsent().no_redirects()").peers(&[
            "without_redirects",
            "redirects",
            "follows_no_redirects",
            "unsent_without_redirects",
        ]),
    ],
    phrases: &[],
};
