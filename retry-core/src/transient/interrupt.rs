//! Classification of interrupts.

use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `Interrupt`
///
/// A timed-out attempt can be retried, and so can one refused by an open breaker, once the breaker lets calls
/// through. Only the latter is unsent. A deadline that has passed stays passed, a cancelled call is no longer
/// wanted, and a spent budget permits no more retries.
///
/// A service that lets time run out has [failed](Transient::health). The health of a service that was not
/// called, or not to the end, is unknown.
#[diagnostic::do_not_recommend]
impl Transient for Interrupt {
    fn verdict(&self) -> Verdict {
        match *self {
            Interrupt::AttemptTimeout | Interrupt::CircuitOpen { retry_after: None } => {
                Verdict::Retry
            }
            Interrupt::CircuitOpen {
                retry_after: Some(pause),
            } => Verdict::RetryAfter(pause),
            Interrupt::Deadline | Interrupt::Cancelled | Interrupt::Budget => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        matches!(self, Interrupt::CircuitOpen { .. })
    }

    fn health(&self) -> Health {
        match self {
            Interrupt::AttemptTimeout | Interrupt::Deadline => Health::Failed,
            Interrupt::CircuitOpen { .. } | Interrupt::Cancelled | Interrupt::Budget => {
                Health::Unknown
            }
        }
    }
}
