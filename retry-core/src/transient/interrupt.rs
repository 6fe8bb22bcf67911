//! Classification of interrupts.

use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// A timed-out attempt can be tried again, an open breaker once it lets calls through; it has sent
/// nothing. A deadline that has passed stays passed, what was cancelled is not wanted, and a spent budget
/// says that there were retries enough.
///
/// A service that lets time run out has [failed](Transient::health); one that was not asked, or not any more, has said
/// nothing.
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
