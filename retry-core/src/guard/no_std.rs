//! The guards of a build without `std`, which has none, since it has no clock.

#[path = "checked.rs"]
mod checked;
#[path = "shareable.rs"]
mod shareable;

pub(crate) use self::checked::CheckedGuards;
pub(crate) use self::shareable::ShareableGuards;

/// Guards of any type, since none is asked.
pub trait Guard<O> {}

impl<O, T> Guard<O> for T {}
