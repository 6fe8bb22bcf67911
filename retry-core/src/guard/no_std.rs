//! The guards of a build without `std`, which has none, since it has no clock.

use core::fmt;

use persevere_words::Key;
use persevere_words::describe::Lines;

#[path = "checked.rs"]
mod checked;
#[path = "shareable.rs"]
mod shareable;

pub(crate) use self::checked::CheckedGuards;
pub(crate) use self::shareable::ShareableGuards;

/// Guards of any type, since none is asked.
pub trait Guard<O> {
    /// Writes no sentence.
    fn describe(&self, _: Key, _: &mut Lines<'_>) -> fmt::Result {
        Ok(())
    }
}

impl<O, T> Guard<O> for T {}
