//! The model of a call: attempts, verdicts, pauses, and limits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use persevere_core::breaker::CallResult;
use persevere_core::{Interrupt, StopReason, Verdict};

use super::attempt::Made;
use super::budget::{self, Account};
use super::verdict::verdict;
use super::{Ended, Marks, Model, Place, Stats, View};
use crate::guard_simulation::program::{Call, Fault, Mark, Nesting, Plan};
use crate::guard_simulation::tasks::Boom;
use crate::guard_simulation::trace::{Event, Outcome, Seen, Value, kind};

/// A call under way.
pub(super) struct Calling<'m> {
    pub(super) model: &'m Model,
    pub(super) call: &'m Call,
    pub(super) run: usize,
    pub(super) began: Duration,
    /// The latest time at which the call ends.
    pub(super) limit: Option<Duration>,
    pub(super) single: bool,
    /// The place in which the calls inside it run.
    pub(super) inside: Place,
    pub(super) accounts: RefCell<Vec<Account>>,
    pub(super) attempts: u32,
    /// Attempts before the last reset.
    pub(super) forgotten: u32,
    pub(super) idle: Duration,
    /// The number of bodies that were begun.
    pub(super) made: Cell<usize>,
    /// The error of a call that ends without an outcome.
    pub(super) kept: Option<Fault>,
}

/// The end of a call, apart from its outcome.
enum End {
    Final(Option<StopReason>),
    GaveUp(StopReason),
}

impl Model {
    pub(super) async fn attempts(
        &self,
        place: Place,
        run: usize,
        call: &Call,
    ) -> Result<Ended, Boom> {
        Calling::new(self, place, run, call).through().await
    }
}

impl<'m> Calling<'m> {
    fn new(model: &'m Model, place: Place, run: usize, call: &'m Call) -> Self {
        let plan = &call.plan;
        let outer = place.outer.as_deref().cloned();
        let shared = outer.clone().filter(|_| plan.nested == Nesting::Share);
        let limit = plan.deadline.map(|it| model.now() + it);
        let limit = limit
            .into_iter()
            .chain(shared.iter().filter_map(|it| it.deadline))
            .min();
        let mut budgets: Vec<usize> = plan.budget.into_iter().collect();
        for budget in shared.iter().flat_map(|it| &it.budgets) {
            if !budgets.contains(budget) {
                budgets.push(*budget);
            }
        }
        let is_seen = limit.is_some() || plan.budget.is_some() || plan.nested != Nesting::Silent;
        let inside = match is_seen {
            false => place.clone(),
            true => {
                // The limits around the call stay in force.
                let around = outer.clone().unwrap_or_default();
                let deadline = limit.into_iter().chain(around.deadline).min();
                let mut all: Vec<usize> = plan.budget.into_iter().collect();
                all.extend(around.budgets.iter().filter(|it| plan.budget != Some(**it)));
                Place {
                    task: place.task,
                    outer: Some(Rc::new(View {
                        deadline,
                        budgets: all,
                    })),
                }
            }
        };
        let accounts = budgets
            .iter()
            .map(|it| Account::open(&model.budgets[*it], model.log.clock.clone()));
        Calling {
            model,
            call,
            run,
            began: model.now(),
            limit,
            single: plan.nested == Nesting::Single && outer.is_some(),
            inside,
            accounts: RefCell::new(accounts.collect()),
            attempts: 0,
            forgotten: 0,
            idle: Duration::ZERO,
            made: Cell::new(0),
            kept: None,
        }
    }

    pub(super) fn plan(&self) -> &'m Plan {
        &self.call.plan
    }

    pub(super) fn now(&self) -> Duration {
        self.model.now()
    }

    /// Returns the token that cuts attempts.
    pub(super) fn cutting(&self) -> Option<usize> {
        let token = self.plan().token.filter(|it| it.cuts);
        token.map(|it| it.token)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        let token = self.plan().token;
        token.is_some_and(|it| self.model.program.tokens[it.token] <= self.now())
    }

    pub(super) fn pays_copy(&self) -> bool {
        let mut accounts = self.accounts.borrow_mut();
        budget::pay_copy(&mut accounts)
    }

    async fn through(mut self) -> Result<Ended, Boom> {
        loop {
            let permit = match self.admit().await {
                Ok(permit) => permit,
                Err(interrupt) => return Ok(self.halt(interrupt)),
            };
            self.each(Account::spend);
            self.attempts += 1;
            self.count(|stats| {
                stats.attempts += 1;
                stats.calls += u64::from(self.attempts == 1);
                stats.retries += u64::from(self.attempts > 1);
            });
            self.callback("before", Seen::default());
            let began = self.now();
            let cut_before = self.cutting().is_some() && self.is_cancelled();
            let made = match self.plan().hedge {
                _ if cut_before => Ok((Made::Cut(Interrupt::Cancelled), Marks::default())),
                Some(it) => {
                    // A failed service gets no two probes at a time.
                    let probe = permit.as_ref().is_some_and(|permit| permit.probe);
                    let copies = if probe { 1 } else { it.copies };
                    self.race(it.delay, copies).await
                }
                None => self.one().await,
            };
            let Ok((made, marks)) = made else {
                if let Some(permit) = permit {
                    permit.record(CallResult::Failure);
                }
                return Err(Boom);
            };
            self.each(Account::land);
            let (outcome, timed_out) = match made {
                Made::Own(outcome) => (outcome, false),
                Made::Cut(Interrupt::AttemptTimeout) => {
                    (Err(Fault::Cut(Interrupt::AttemptTimeout)), true)
                }
                Made::Cut(interrupt) => {
                    if let (Interrupt::Deadline, Some(permit)) = (interrupt, permit) {
                        permit.record(CallResult::Failure);
                    }
                    return Ok(self.halt(interrupt));
                }
            };
            let verdict = verdict(self.plan().when, &outcome, marks);
            self.tell(permit, &outcome, verdict, timed_out);
            let ran = self.now() - began;
            let long = self.plan().reset_after.is_some_and(|long| ran >= long);
            // An attempt that a limit has cut was not a long success.
            let held = long && !timed_out;
            if verdict.is_retry() && (marks.reset || held) {
                self.forgotten = self.attempts - 1;
            }
            let seen = Seen {
                verdict: Some(verdict),
                outcome: Some(kind(&outcome)),
                ..Seen::default()
            };
            self.callback("after", seen);
            if !verdict.is_retry() {
                let reason = match (&outcome, marks.wish) {
                    (Ok(_), _) => None,
                    (Err(_), Some(Mark::GiveUp)) => Some(StopReason::GivenUp),
                    (Err(_), _) => Some(StopReason::Final),
                };
                return Ok(self.end(seen, outcome, End::Final(reason)));
            }
            let pause = match self.decide(verdict, timed_out) {
                Ok(pause) => pause,
                Err(reason) => return Ok(self.end(seen, outcome, End::GaveUp(reason))),
            };
            let pause_seen = Seen {
                pause: Some(pause),
                ..seen
            };
            self.callback("before_sleep", pause_seen);
            self.idle += pause;
            self.count(|stats| stats.idle += pause);
            self.kept = outcome.err();
            if let Err(interrupt) = self.rest(pause).await {
                return Ok(self.halt(interrupt));
            }
        }
    }

    pub(super) fn each(&self, told: impl FnMut(&mut Account)) {
        self.accounts.borrow_mut().iter_mut().for_each(told);
    }

    /// Ends the call without an attempt that has an outcome.
    fn halt(self, interrupt: Interrupt) -> Ended {
        let reason = match interrupt {
            Interrupt::Deadline => StopReason::Deadline,
            Interrupt::Cancelled => StopReason::Cancelled,
            Interrupt::Budget => StopReason::Budget,
            _ => StopReason::CircuitOpen,
        };
        let outcome = Err(self.kept.unwrap_or(Fault::Cut(interrupt)));
        let seen = Seen {
            verdict: Some(Verdict::Retry),
            outcome: Some(kind(&outcome)),
            ..Seen::default()
        };
        self.end(seen, outcome, End::GaveUp(reason))
    }

    fn end(self, seen: Seen, outcome: Outcome, end: End) -> Ended {
        let reason = match end {
            End::Final(reason) => reason,
            End::GaveUp(reason) => Some(reason),
        };
        self.count(|stats| {
            stats.calls += u64::from(self.attempts == 0);
            stats.succeeded += u64::from(reason.is_none());
            stats.failed += u64::from(reason.is_some());
        });
        let name = reason.map_or("on_success", |_| "on_failure");
        self.callback(name, Seen { reason, ..seen });
        let elapsed = self.now() - self.began;
        let outcome = match end {
            End::GaveUp(reason) if self.plan().fallback => {
                let event = Event::Fallback {
                    attempts: self.attempts,
                    elapsed,
                    reason,
                    outcome: kind(&outcome),
                };
                self.model.write(self.run, event);
                drop(outcome);
                Ok(Value::fallen_back())
            }
            _ => outcome,
        };
        Ended {
            outcome,
            attempts: self.attempts,
            elapsed,
            idle: self.idle,
            reason,
        }
    }

    pub(super) fn count(&self, counts: impl FnOnce(&mut Stats)) {
        counts(&mut self.model.stats.borrow_mut());
    }

    fn callback(&self, name: &'static str, seen: Seen) {
        let seen = Seen {
            attempt: self.attempts,
            elapsed: self.now() - self.began,
            idle: self.idle,
            ..seen
        };
        self.model.write(self.run, Event::Callback(name, seen));
    }
}
