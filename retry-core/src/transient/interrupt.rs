//! Classification of interrupts.

use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `Interrupt`
///
/// A timed-out attempt can be retried, and so can one refused by an open breaker, a rate limiter or a full bulkhead,
/// once they let calls through, and so can a stream that ended. Only those that were refused are unsent. A deadline
/// that has passed stays passed, a cancelled call is no longer wanted, and a spent budget permits no more retries.
///
/// A service that lets time run out has [failed](Transient::health). The health of a service that was not
/// called, or not to the end, is unknown.
#[diagnostic::do_not_recommend]
impl Transient for Interrupt {
    fn verdict(&self) -> Verdict {
        match *self {
            Interrupt::CircuitOpen { retry_after } | Interrupt::RateLimited { retry_after } => {
                retry_after.map_or(Verdict::Retry, Verdict::RetryAfter)
            }
            Interrupt::AttemptTimeout | Interrupt::BulkheadFull | Interrupt::StreamEnded => {
                Verdict::Retry
            }
            Interrupt::Deadline | Interrupt::Cancelled | Interrupt::Budget => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        matches!(
            self,
            Interrupt::CircuitOpen { .. } | Interrupt::RateLimited { .. } | Interrupt::BulkheadFull
        )
    }

    fn health(&self) -> Health {
        match self {
            Interrupt::AttemptTimeout | Interrupt::Deadline => Health::Failed,
            _ => Health::Unknown,
        }
    }
}
