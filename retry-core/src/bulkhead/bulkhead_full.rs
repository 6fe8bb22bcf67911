//! The refusal of a bulkhead.

use std::error::Error;
use std::fmt;

use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::util::key::{Key, Named};

/// A call for which a bulkhead had neither a place nor room in its line.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Bulkhead, Interrupt};
///
/// let reports = Bulkhead::new("reports", 1);
/// let place = reports.try_enter()?;
/// let refused = reports.try_enter().unwrap_err();
/// assert_eq!(refused.to_string(), "the bulkhead `reports` is full");
/// assert_eq!(Interrupt::from(refused), Interrupt::BulkheadFull);
/// # drop(place);
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkheadFull {
    /// The bulkhead's name.
    pub name: &'static str,
    /// The key that distinguishes it from other bulkheads of its name.
    pub key: Option<Key>,
}

/// Writes one line: ``the bulkhead `reports` is full``; with a key, `reports[eu.example]`.
impl fmt::Display for BulkheadFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the bulkhead `{}` is full", Named(self.name, self.key))
    }
}

impl Error for BulkheadFull {}

impl From<BulkheadFull> for Interrupt {
    fn from(_: BulkheadFull) -> Self {
        Interrupt::BulkheadFull
    }
}

/// # `BulkheadFull`
///
/// The verdict of [`Interrupt::BulkheadFull`].
#[diagnostic::do_not_recommend]
impl Transient for BulkheadFull {
    fn verdict(&self) -> Verdict {
        Interrupt::from(*self).verdict()
    }

    fn unsent(&self) -> bool {
        Interrupt::from(*self).unsent()
    }

    fn health(&self) -> Health {
        Interrupt::from(*self).health()
    }
}
