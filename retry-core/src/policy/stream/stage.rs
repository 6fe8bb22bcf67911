//! The stages of a stream.

use alloc::boxed::Box;
use core::pin::Pin;

use pin_project_lite::pin_project;

use super::first_item::FirstItem;
use crate::policy::asynchronous::race::Race;
use crate::time::pause::Pause;

/// A hedged opening: the race of its copies.
pub(super) type OpeningRace<S, L, Z> = Race<FirstItem<S>, L, (), Z>;

pin_project! {
    #[project = StageProjection]
    #[project_replace = FormerStage]
    pub(super) enum Stage<S, Limit, Z, Fed> {
        // In boxes, and uninhabited without a hedge, so that they cost nothing where no opening is hedged.
        Racing { recorder: Fed, race: Pin<Box<OpeningRace<S, Limit, Z>>> },
        Won { recorder: Fed, open: Pin<Box<Open<Pin<Box<S>>, Limit>>> },
        Ready,
        Over,
        Open { #[pin] open: Open<S, Limit> },
        Resting { #[pin] rest: Pause<Z> },
    }
}

pin_project! {
    /// An opened stream, and its limit.
    pub(super) struct Open<S, Limit> {
        #[pin]
        pub(super) stream: S,
        #[pin]
        pub(super) limit: Limit,
    }
}

impl<S, Limit, Z, Fed> Stage<S, Limit, Z, Fed> {
    /// Returns whether the stream has ended.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Stage::Over)
    }

    /// Sets the limit of the opened stream.
    pub(super) fn bound(self: Pin<&mut Self>, limit: Limit) {
        match self.project() {
            StageProjection::Open { open } => open.project().limit.set(limit),
            StageProjection::Won { open, .. } => open.as_mut().project().limit.set(limit),
            _ => {}
        }
    }

    /// Ends the race of the stage: this copy has won it.
    pub(super) fn win(mut self: Pin<&mut Self>, stream: Pin<Box<S>>, limit: Limit) {
        if let FormerStage::Racing { recorder, .. } = self.as_mut().project_replace(Stage::Over) {
            let open = Box::pin(Open { stream, limit });
            self.set(Stage::Won { recorder, open });
        }
    }
}
