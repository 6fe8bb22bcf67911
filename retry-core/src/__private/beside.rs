//! A policy that stands beside `interrupt = ..`.
//!
//! Where the attribute says what interrupts become, nobody asks the policy: one whose choices are
//! not known before it is read is then a policy for every outcome.

use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::policy::ToldInPlace;

/// A policy beside `interrupt`.
///
/// Where the first `policy` does not apply, method resolution goes on to what this dereferences to.
pub struct Beside<T>(AsItIs<T>);

/// Any other value.
pub struct AsItIs<T>(Option<T>);

/// The value of `policy`, where `interrupt` stands beside it.
#[inline(always)]
pub const fn beside_interrupt<T>(value: T) -> Beside<T> {
    Beside(AsItIs(Some(value)))
}

impl<T: ToldInPlace> Beside<T> {
    #[inline(always)]
    pub fn policy(&mut self) -> T::Told {
        self.0.policy().told_in_place()
    }
}

impl<T> AsItIs<T> {
    #[inline(always)]
    pub fn policy(&mut self) -> T {
        self.0.take().expect("taken once")
    }
}

impl<T> Deref for Beside<T> {
    type Target = AsItIs<T>;

    fn deref(&self) -> &AsItIs<T> {
        &self.0
    }
}

impl<T> DerefMut for Beside<T> {
    fn deref_mut(&mut self) -> &mut AsItIs<T> {
        &mut self.0
    }
}

impl<T> fmt::Debug for Beside<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beside")
    }
}

impl<T> fmt::Debug for AsItIs<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsItIs")
    }
}
