//! The news of a stream, and the outcome that stands for an interrupt among them.

use super::idle::Idle;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Verdict;
use crate::guard::Guard;

/// The news of a stream.
pub(super) enum News<O> {
    Item(O),
    Ended,
    /// It was opened by a future, and has given nothing so far.
    Opened,
    /// It gave nothing for too long.
    Silent,
    /// An interrupt cut it.
    Cut(Interrupt),
    /// An interrupt came before it was opened.
    Refused(Interrupt),
}

/// The end of an opening: news other than a value.
pub(super) struct Broke<O> {
    pub(super) news: News<O>,
    /// The outcome that stands for an end or for an interrupt, if it is known.
    pub(super) stands: Option<O>,
    /// The case that takes the outcome, if any, and the verdict, if they are known.
    pub(super) ruled: Option<(Option<usize>, Verdict)>,
}

impl<O> From<News<O>> for Broke<O> {
    fn from(news: News<O>) -> Self {
        let (stands, ruled) = (None, None);
        Broke {
            news,
            stands,
            ruled,
        }
    }
}

/// Returns the outcome of an interrupt: of the guards, if they `make` one, else of the idle timeout.
pub(super) fn stand_for<O, G: Guard<O>, Z>(
    interrupt: Interrupt,
    make: bool,
    guards: &G,
    idle: &impl Idle<O, Z>,
) -> Option<O> {
    match make {
        true => Some(guards.outcome(interrupt)),
        false => idle.outcome(interrupt),
    }
}

/// Returns the outcome of the end of a stream that is endless: of the guards, if they `make` one, else by `ended`.
pub(super) fn stand_for_end<O, G: Guard<O>>(
    ended: Option<fn(Interrupt) -> O>,
    make: bool,
    guards: &G,
) -> Option<O> {
    let ended = ended?;
    Some(match make {
        true => guards.outcome(Interrupt::StreamEnded),
        false => ended(Interrupt::StreamEnded),
    })
}
