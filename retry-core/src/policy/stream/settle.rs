//! The end of an opening: it is judged, and a pause or the end of the stream follows.

use core::ops::ControlFlow;
use core::time::Duration;

use futures_core::stream::Stream;

use super::idle::Idle;
use super::news::{Broke, News, stand_for, stand_for_end};
use super::run::Running;
use super::stage::Stage;
use crate::call::attempt::AttemptDirective;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::name::CallName;
use crate::call::outcome::{Outcome, Verdict};
use crate::guard::{CallGuard, CallGuardBase};
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::rest::rest;
use crate::policy::asynchronous::types::{CountersOf, SleepOf};
use crate::policy::steps::Ending;
use crate::stop::Stop;
use crate::time::sleep::AsyncSleep;

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
    /// Pauses after the end of an opening, or breaks with the item that is given, if any.
    pub(super) fn settle(&mut self, broke: Broke<O>) -> ControlFlow<Option<O>> {
        let Broke {
            news,
            stands,
            mut ruled,
        } = broke;
        let (news, silence) = match news {
            News::Silent => {
                let limit = self.idle.as_ref().get_ref().limit();
                let cut = News::Cut(Interrupt::AttemptTimeout);
                (cut, limit.unwrap_or_default())
            }
            news => (news, Duration::ZERO),
        };
        let cut = match news {
            News::Cut(interrupt) => Some(interrupt),
            _ => None,
        };
        let mut halted = None;
        let outcome = match news {
            News::Item(outcome) => {
                let rule = ruled.unwrap_or_else(|| self.call.rule(&outcome));
                if !rule.1.is_retry() {
                    self.note_final(&outcome, rule.1);
                    return ControlFlow::Break(Some(outcome));
                }
                ruled = Some(rule);
                Some(outcome)
            }
            News::Cut(interrupt) | News::Refused(interrupt) => {
                halted = interrupt.reason();
                let kept = halted.and_then(|_| self.call.memory().take_kept());
                kept.or(stands).or_else(|| self.stand_for(interrupt))
            }
            // Whatever a final error says of the service, it says it of the next opening too.
            _ if self.progress.failed => None,
            _ => stands.or_else(|| {
                let makes = self.call.watch().interrupts();
                stand_for_end(*self.ended, makes, &self.call.policy().parts().guards)
            }),
        };
        // A stream that broke is dropped before a callback runs, and before another call gets its place.
        self.stage.set(Stage::Over);
        if let Some(interrupt) = cut {
            self.call.watch().interrupted(interrupt);
        }
        let Some(outcome) = outcome else {
            let failed = self.progress.failed.then_some(StopReason::Final);
            let (name, answered) = (self.name(), self.progress.answered);
            self.call.finish(name, halted.or(failed), answered);
            return ControlFlow::Break(None);
        };
        self.judge(outcome, halted, ruled, silence)
    }

    /// Judges an outcome that is not final, and pauses or gives up.
    fn judge(
        &mut self,
        outcome: O,
        halted: Option<StopReason>,
        ruled: Option<(Option<usize>, Verdict)>,
        silence: Duration,
    ) -> ControlFlow<Option<O>> {
        let floor = self.hint.and_then(|hint| hint(self.cursor));
        let ending = Ending { floor, silence };
        let mut mark = AttemptDirective::default();
        if *self.restarts && (self.progress.moved || self.call.opening_held(ending)) {
            self.call.restart();
            mark = AttemptDirective::RESET;
        }
        let (name, failed) = (self.name(), outcome.error().is_some());
        let call = &mut *self.call;
        let judged = match halted {
            Some(_) => call.judge(name, &outcome, failed, mark, halted),
            None => {
                let ruled = ruled.unwrap_or_else(|| call.rule(&outcome));
                call.judge_ruled(name, &outcome, failed, mark, ruled, ending)
            }
        };
        let pause = match judged {
            Ok(pause) => pause,
            Err(end) => return ControlFlow::Break(Some(call.outcome(outcome, end))),
        };
        call.memory().hush();
        let parts = call.policy().parts();
        if parts.stop.cancels() || parts.stop.aborts_attempt() || call.watch().keeps() {
            let (watch, memory) = call.watch_and_memory();
            memory.keep(outcome.kept_over_pause(watch.interrupts()));
        } else {
            drop(outcome);
        }
        let rest = rest(call.watch(), &parts.sleep, pause);
        self.stage.set(Stage::Resting { rest });
        ControlFlow::Continue(())
    }

    /// Notes an error that is final: the stream goes on, unless it ends by itself.
    fn note_final(&mut self, outcome: &O, verdict: Verdict) {
        self.progress.failed = true;
        self.call.memory().keep(None);
        self.idle.as_mut().moved();
        if !core::mem::replace(&mut self.progress.answered, true) {
            self.call.answered(outcome, verdict, true);
        }
    }

    /// Returns the outcome of an interrupt, if anything makes one.
    fn stand_for(&mut self, interrupt: Interrupt) -> Option<O> {
        let makes = self.call.watch().interrupts();
        let guards = &self.call.policy().parts().guards;
        stand_for(interrupt, makes, guards, self.idle.as_ref().get_ref())
    }

    /// Returns the name of the function, or of the policy.
    pub(super) fn name(&self) -> CallName<'static> {
        match *self.name {
            Some(name) => *name,
            None => self.call.policy().parts().call_name(),
        }
    }
}
