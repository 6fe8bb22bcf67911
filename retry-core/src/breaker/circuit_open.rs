//! The refusal of a breaker.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::time::display::DisplayDuration;
use crate::transient::Transient;
use crate::util::key::{Key, Named};

/// A call that a breaker did not let through.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CircuitBreaker, Interrupt};
///
/// let breaker = CircuitBreaker::new("payments");
/// breaker.force_open();
/// let refused = breaker.try_enter().unwrap_err();
/// assert_eq!(refused.to_string(), "the circuit `payments` is open");
/// assert_eq!(Interrupt::from(refused), Interrupt::CircuitOpen { retry_after: None });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitOpen {
    /// The breaker's name.
    pub name: &'static str,
    /// The key that distinguishes it from other breakers of its name.
    pub key: Option<Key>,
    /// The time until the next try is worthwhile; `None` where it is unknown, as for a breaker forced open.
    ///
    /// Open: the rest of the open time. Half-open with all permits taken: as long again as the probes have
    /// been running, at least a hundredth of the open time, and not past the moment when the permits of lost
    /// probes are reissued. Closed and ramping: a hundredth of the ramp, and not past its end.
    pub retry_after: Option<Duration>,
}

/// Writes one line: ``the circuit `payments` is open for another 29.5s``; with a key, `payments[eu.example]`.
impl fmt::Display for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the circuit `{}` is open", Named(self.name, self.key))?;
        match self.retry_after {
            Some(pause) => write!(f, " for another {}", DisplayDuration(pause)),
            None => Ok(()),
        }
    }
}

impl Error for CircuitOpen {}

impl From<CircuitOpen> for Interrupt {
    fn from(refused: CircuitOpen) -> Self {
        Interrupt::CircuitOpen {
            retry_after: refused.retry_after,
        }
    }
}

/// # `CircuitOpen`
///
/// The verdict of [`Interrupt::CircuitOpen`].
#[diagnostic::do_not_recommend]
impl Transient for CircuitOpen {
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
