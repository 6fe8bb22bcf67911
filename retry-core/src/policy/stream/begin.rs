//! The beginning of an opening: after a pause, and once the guards admit it.

use alloc::boxed::Box;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;

use super::idle::Idle;
use super::run::{Progress, Running};
use super::stage::{Open, Stage, StageProjection};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::guard::{Admission, CallGuard, CallGuardBase, Hedging, bound};
use crate::hedge::LatencyRecorder;
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::rest::{poll_rest, rest};
use crate::policy::asynchronous::types::{CountersOf, SleepOf};
use crate::time::clock::read_async;
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::Timeout;

impl<'p, P, O, K, F, A, S, I, G>
    Running<'_, 'p, P, O, K, F, A, S, I, SleepOf<P, O>, CountersOf<P, O>, G>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: FnMut(K) -> S,
    K: Clone + PartialEq,
    A: FnMut(&O::Value) -> K,
    S: Stream<Item = O>,
    I: Idle<O, SleepOf<P, O>>,
    G: CallGuard<O> + CallGuardBase,
{
    /// Polls the pause, asks the guards, and opens the stream; or pauses once more, which has `has_waited` or not in
    /// this poll.
    ///
    /// # Errors
    ///
    /// The interrupt that ends the call.
    pub(super) fn begin(
        &mut self,
        cx: &mut Context<'_>,
        has_waited: &mut bool,
    ) -> Poll<Result<(), Interrupt>> {
        let sleeper = &self.call.policy().parts().sleep;
        let cancelled = match self.stage.as_mut().project() {
            StageProjection::Resting { rest } => {
                let tick = |pause| sleeper.sleep(pause);
                ready!(poll_rest(self.call, rest, tick, cx))
            }
            _ => {
                self.call.start(read_async, false);
                false
            }
        };
        match self.call.watch().admit_unless(cancelled) {
            Admission::Halt(interrupt) => return Poll::Ready(Err(interrupt)),
            Admission::Wait(pause) => {
                self.call.wait();
                self.call.memory().hush();
                // Other tasks run between two pauses of a sleeper that returns at once.
                let pause = (!core::mem::replace(has_waited, true)).then_some(pause);
                let rest = rest(self.call.watch(), sleeper, pause);
                self.stage.set(Stage::Resting { rest });
            }
            Admission::Go => self.open(),
        }
        Poll::Ready(Ok(()))
    }

    /// Opens the stream, or begins the race of its copies.
    fn open(&mut self) {
        let parts = self.call.policy().parts();
        let (name, sleeper) = (self.name(), &parts.sleep);
        // A panic leaves a stream that is over.
        self.stage.set(Stage::Over);
        self.call.begin(name);
        *self.progress = Progress::default();
        let limit = CallGuard::limit(self.call.watch());
        let longest = limit.map(|(left, _)| left);
        bound(self.call.watch(), sleeper.is_ours(), longest);
        let limit = G::timer(limit, |pause| sleeper.sleep(pause));
        self.call.memory().hush();
        self.idle.as_mut().moved();
        self.stage.set(match self.call.watch().hedge().race() {
            None => {
                let cursor = self.cursor.clone();
                let stream = self.call.watch().inside(|| (self.open)(cursor));
                let open = Open { stream, limit };
                Stage::Open { open }
            }
            Some((slots, mut recorder)) => {
                recorder.hears_of_drops(read_async);
                let race = Box::pin(Timeout::new(slots, limit));
                Stage::Racing { recorder, race }
            }
        });
    }
}
