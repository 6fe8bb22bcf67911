//! The kinds of failures.
//!
//! A kind is a type, which the call is compiled for: so a call holds nothing for it, and a success pays nothing. It has
//! its name when the program is built, so that no text of a user's error can be in it.

use std::any::type_name;
use std::marker::PhantomData;

/// A kind of failure.
pub(crate) trait FailureKind {
    /// Returns the name, if it is known. Only a failure that changes the breaker's state asks for it.
    const NAME: Option<Name>;
}

pub(super) type Name = fn() -> &'static str;

/// A failure of which no more is known.
pub(super) struct Unknown;

/// The panic of a call's own body.
pub(super) struct Panic;

/// An attempt that its timeout has cut.
pub(crate) struct TimedOut;

/// An attempt that the deadline of the call has cut.
pub(crate) struct PastDeadline;

/// An attempt that another guard has interrupted.
pub(crate) struct Interrupted;

/// An outcome of type `O` with an error: its kind is the type of the error.
pub(crate) struct ErrorOf<O: ?Sized>(PhantomData<O>);

/// An outcome of type `O` without an error, which the rule of the call counts as a failure: its kind is the type of the
/// value.
pub(crate) struct ValueOf<O: ?Sized>(PhantomData<O>);

macro_rules! kinds {
    ($($kind:ident: $name:expr,)+) => {$(
        impl FailureKind for $kind {
            const NAME: Option<Name> = $name;
        }
    )+};
}

kinds! {
    Unknown: None,
    Panic: Some(|| "panic"),
    TimedOut: Some(|| "attempt timeout"),
    PastDeadline: Some(|| "deadline"),
    Interrupted: Some(|| "interrupt"),
}

impl<O: ?Sized> FailureKind for ErrorOf<O> {
    const NAME: Option<Name> = Some(error_of::<O>);
}

impl<O: ?Sized> FailureKind for ValueOf<O> {
    const NAME: Option<Name> = Some(value_of::<O>);
}

/// The name of a success that took too long.
pub(super) fn too_slow() -> &'static str {
    "slow call"
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
        fn name<K: FailureKind>() -> &'static str {
            K::NAME.expect("a name")()
        }
        assert_eq!(name::<ErrorOf<Nested>>(), "std::io::error::Error");
        assert_eq!(
            name::<ValueOf<Nested>>(),
            "core::result::Result<u8, (u8, u16)>"
        );
        assert_eq!(
            name::<ErrorOf<Arrow>>(),
            "alloc::vec::Vec<core::result::Result<u8, u16>>"
        );
        assert_eq!(name::<ErrorOf<Option<u8>>>(), "None");
        assert_eq!(name::<ErrorOf<u8>>(), "u8");
    }
}
