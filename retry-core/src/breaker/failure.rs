//! The kind of a failure.

use std::any::type_name;

use crate::call::interrupt::Interrupt;

/// The kind of a failure. It is asked for its name by the one failure that changes a breaker's state.
///
/// A name is made when the program is built, so that no text of a user's error can be in it.
pub(crate) type FailureKind = fn() -> &'static str;

/// The kind of a panic.
pub(crate) fn panicked() -> &'static str {
    "panic"
}

/// The kind of a success that took too long.
pub(super) fn too_slow() -> &'static str {
    "slow call"
}

/// Returns the kind of an outcome of type `O`: the type of its error if it has `failed`, else that of its value,
/// which the rule of the call counts as a failure.
pub(crate) fn outcome_kind<O: ?Sized>(failed: bool) -> FailureKind {
    if failed { error_of::<O> } else { value_of::<O> }
}

/// Returns the kind of an attempt without an outcome.
pub(crate) fn interrupt_kind(interrupt: Interrupt) -> FailureKind {
    match interrupt {
        Interrupt::AttemptTimeout => || "attempt timeout",
        Interrupt::Deadline => || "deadline",
        Interrupt::CircuitOpen { .. } => || "open circuit",
        Interrupt::Cancelled => || "cancelled",
        Interrupt::Budget => || "retry budget",
        Interrupt::RateLimited { .. } => || "rate limit",
        Interrupt::BulkheadFull => || "full bulkhead",
        Interrupt::StreamEnded => || "end of the stream",
    }
}

fn error_of<O: ?Sized>() -> &'static str {
    let outcome = type_name::<O>();
    match result(outcome) {
        Some((_, error)) => error,
        None if outcome.starts_with("core::option::Option<") => "None",
        None => outcome,
    }
}

fn value_of<O: ?Sized>() -> &'static str {
    let outcome = type_name::<O>();
    result(outcome).map_or(outcome, |(value, _)| value)
}

/// Returns the names of the two types of a `Result`.
///
/// The compiler's spelling of a type is not guaranteed: another one is not taken apart.
fn result(outcome: &'static str) -> Option<(&'static str, &'static str)> {
    let types = outcome.strip_prefix("core::result::Result<")?;
    let types = types.strip_suffix('>')?;
    let (mut depth, mut before) = (0_i32, ' ');
    let comma = types.char_indices().find(|(_, letter)| {
        match letter {
            '<' | '(' | '[' => depth += 1,
            // Not that of an arrow.
            '>' if before != '-' => depth -= 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        before = *letter;
        *letter == ',' && depth == 0
    });
    let (at, _) = comma?;
    Some((&types[..at], types[at + 1..].trim_start()))
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_the_type_of_the_error() {
        type Nested = Result<Result<u8, (u8, u16)>, std::io::Error>;
        type Arrow = Result<fn(u8) -> [u8; 2], Vec<Result<u8, u16>>>;
        let kind = |kind: FailureKind| kind();
        assert_eq!(kind(outcome_kind::<Nested>(true)), "std::io::error::Error");
        assert_eq!(
            kind(outcome_kind::<Nested>(false)),
            "core::result::Result<u8, (u8, u16)>"
        );
        assert_eq!(
            kind(outcome_kind::<Arrow>(true)),
            "alloc::vec::Vec<core::result::Result<u8, u16>>"
        );
        assert_eq!(kind(outcome_kind::<Option<u8>>(true)), "None");
        assert_eq!(kind(outcome_kind::<u8>(true)), "u8");
    }
}
