//! The guards of a build without `std`, which has none, since it has no clock.

#[path = "checked.rs"]
mod checked;

pub(crate) use self::checked::CheckedGuards;

/// Guards of any type, since none is asked.
pub trait Guard<O> {}

impl<O, T> Guard<O> for T {}
