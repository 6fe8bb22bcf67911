//! The model of a call: one function over a script, which keeps everything and is never clever.
//!
//! It shares no code with the engine. Where chance decides, it computes the bounds, and takes the drawn value
//! from the record of the call.

use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::{Interrupt, StopReason, Verdict};

use crate::plan::{Case, Fault, Mark, Outcome, Plan, Step};
use crate::rules::{Asked, has_failed, heard, hint_max, limits, pauses, verdict};
use crate::trace::{Counted, Decision, Event, FALLEN_BACK, Front, Report, Seen, Trace};

/// Returns the trace that the model expects beside the `seen` one.
///
/// Returns `None` if the trace depends on the order of two events at the same time.
pub fn trace(plan: &Plan, script: &[Step], front: Front, seen: &Trace) -> Option<Trace> {
    let mut model = Model {
        plan,
        front,
        decided: seen.recorded.iter(),
        seen: &seen.events,
        recorded: Vec::new(),
        counted: Counted::default(),
        now: Duration::ZERO,
        attempts: 0,
        forgotten: 0,
        idle: Duration::ZERO,
        previous: Duration::ZERO,
        computed: None,
        taken: vec![0; plan.cases.len()],
        kept: None,
        row: 0,
        open_until: None,
        half_open: false,
        budget: plan.budget,
        drawn: false,
        events: Vec::new(),
    };
    let (outcome, reason) = model.call(script)?;
    Some(Trace {
        events: model.events,
        outcome,
        took: model.now,
        report: (front != Front::Steps).then_some(Report {
            attempts: model.attempts,
            elapsed: model.now,
            idle: model.idle,
            reason,
        }),
        recorded: model.recorded,
        counted: model.counted,
        budget_left: u64::from(model.budget),
        breaker: match (model.open_until, model.half_open) {
            (None, _) => State::Closed,
            (Some(_), false) => State::Open,
            (Some(_), true) => State::HalfOpen,
        },
    })
}

struct Model<'a> {
    plan: &'a Plan,
    front: Front,
    decided: std::slice::Iter<'a, Decision>,
    seen: &'a [Event],
    recorded: Vec<Decision>,
    counted: Counted,
    now: Duration,
    attempts: u32,
    /// Attempts before the last reset.
    forgotten: u32,
    idle: Duration,
    /// The last computed pause, or its upper bound.
    previous: Duration,
    /// The bounds of the pause that is computed now, or `None` if no pause is.
    computed: Option<(Duration, Duration)>,
    /// The number of outcomes that each case has taken.
    taken: Vec<u32>,
    kept: Option<Outcome>,
    row: u32,
    open_until: Option<Duration>,
    half_open: bool,
    budget: u32,
    drawn: bool,
    events: Vec<Event>,
}

type End = (Outcome, Option<StopReason>);

impl Model<'_> {
    fn call(&mut self, script: &[Step]) -> Option<End> {
        loop {
            if let Some(interrupt) = self.refusal() {
                return Some(self.halt(interrupt));
            }
            if std::mem::take(&mut self.drawn) {
                self.budget -= 1;
            }
            self.attempts += 1;
            self.counted.attempts += 1;
            match self.attempts {
                1 => self.counted.calls += 1,
                _ => self.counted.retries += 1,
            }
            self.callback("before", Seen::default());
            let step = *script.get(self.attempts as usize - 1).or(script.last())?;
            let began = self.now;
            let (outcome, timed_out) = match self.attempt(step)? {
                Ok(outcome) => (outcome, false),
                Err(cut @ Interrupt::AttemptTimeout) => (Err(Fault::Cut(cut)), true),
                Err(interrupt) => return Some(self.halt(interrupt)),
            };
            let (class, verdict) = self.verdict(&outcome, step.mark);
            let (_, own) = self.verdict(&outcome, None);
            // A body that gives up reveals nothing about the service.
            let wanted = own != Verdict::Final || verdict != Verdict::Final;
            self.tell_breaker(timed_out || has_failed(self.plan, &outcome, wanted));
            let long = self
                .plan
                .reset_after
                .is_some_and(|long| !timed_out && self.now - began >= long);
            if verdict != Verdict::Final && (step.reset || long) {
                self.forgotten = self.attempts - 1;
                self.previous = Duration::ZERO;
                self.taken.fill(0);
            }
            let seen = Seen {
                verdict: Some(verdict),
                class,
                outcome: Some(outcome),
                ..Seen::default()
            };
            self.callback("after", seen);
            if verdict == Verdict::Final {
                let reason = match (outcome, step.mark) {
                    (Ok(_), _) => None,
                    (Err(_), Some(Mark::GiveUp)) => Some(StopReason::GivenUp),
                    (Err(_), _) => Some(StopReason::Final),
                };
                return Some(self.end(seen, outcome, reason));
            }
            let decision = self.decide(class, verdict);
            self.recorded.push(decision);
            match decision {
                Err(reason) => return Some(self.end(seen, outcome, Some(reason))),
                Ok(pause) => {
                    let pause_seen = Seen {
                        pause: Some(pause),
                        ..seen
                    };
                    self.callback("before_sleep", pause_seen);
                    self.idle += pause;
                    self.counted.idle += pause;
                    if let Some(computed) = self.computed {
                        self.previous = self.computed_pause(computed, pause);
                    }
                    // A retried value is dropped if an interrupt can replace it.
                    self.kept = Some(outcome).filter(|it| it.is_err() || !self.plan.interrupts);
                    self.drawn = true;
                    if !self.sleep(pause)? {
                        return Some(self.halt(Interrupt::Cancelled));
                    }
                }
            }
        }
    }

    /// Returns the reason for refusing an attempt.
    fn refusal(&mut self) -> Option<Interrupt> {
        if self
            .plan
            .deadline
            .is_some_and(|deadline| self.now >= deadline)
        {
            return Some(Interrupt::Deadline);
        }
        match self.open_until {
            Some(until) if self.now < until => Some(Interrupt::CircuitOpen {
                retry_after: Some(until - self.now),
            }),
            Some(_) => {
                self.half_open = true;
                None
            }
            None => None,
        }
    }

    fn attempt(&mut self, step: Step) -> Option<Result<Outcome, Interrupt>> {
        let timeout = self.plan.attempt_timeout;
        let left = self.plan.deadline.map(|deadline| deadline - self.now);
        let remaining = timeout.into_iter().chain(left).min();
        let is_async = self.front == Front::Async;
        // A cut attempt has the outcome of the interrupt, or the outcome before it.
        let ends = self.plan.interrupts || self.kept.is_some();
        let cancel = self
            .plan
            .cancel
            .filter(|_| is_async && ends && heard(&self.plan.stop, &|cut| cut));
        if cancel.is_some_and(|at| at <= self.now) {
            return Some(Err(Interrupt::Cancelled));
        }
        self.events.push(Event::Attempt {
            number: self.attempts,
            at: self.now,
            remaining,
        });
        let (mut ends, mut made) = (self.now + step.takes, Ok(step.outcome));
        if let Some(remaining) = remaining.filter(|it| is_async && step.takes > *it) {
            ends = self.now + remaining;
            made = Err(match timeout {
                Some(timeout) if left.is_none_or(|left| timeout < left) => {
                    Interrupt::AttemptTimeout
                }
                _ => Interrupt::Deadline,
            });
            if made == Err(Interrupt::Deadline) && cancel.is_none_or(|at| at > ends) {
                self.tell_breaker(true);
            }
        }
        if let Some(at) = cancel.filter(|at| *at < ends) {
            self.now = at;
            return Some(Err(Interrupt::Cancelled));
        }
        self.pass_to(ends)?;
        Some(made)
    }

    fn verdict(&self, outcome: &Outcome, mark: Option<Mark>) -> (Option<usize>, Verdict) {
        let cases = self
            .plan
            .cases
            .iter()
            .map(|case| verdict(&case.when, outcome));
        let taken = cases.enumerate().find(|(_, it)| *it != Verdict::Final);
        let (class, own) = match taken {
            Some((class, verdict)) => (Some(class), verdict),
            None => (None, verdict(&self.plan.when, outcome)),
        };
        match mark {
            None => (class, own),
            Some(Mark::Retry) if own == Verdict::Final => (class, Verdict::Retry),
            Some(Mark::Retry) => (class, own),
            Some(Mark::RetryNow) => (class, Verdict::RetryIn(Duration::ZERO)),
            Some(Mark::RetryAfter(pause)) => (class, Verdict::RetryAfter(pause)),
            Some(Mark::GiveUp) => (class, Verdict::Final),
        }
    }

    fn tell_breaker(&mut self, failed: bool) {
        let Some((threshold, open)) = self.plan.breaker else {
            return;
        };
        self.row = if failed { self.row + 1 } else { 0 };
        let opens = failed && (self.half_open || self.row >= threshold);
        self.half_open = false;
        self.open_until = opens.then(|| self.now + open);
        if opens {
            self.row = 0;
        }
    }

    /// Decides after an outcome: computes the pause, then asks the stop, then the guards.
    fn decide(&mut self, class: Option<usize>, verdict: Verdict) -> Decision {
        let plan = self.plan;
        let case = class.map(|class| &plan.cases[class]);
        let set_aside = self.taken.iter().sum();
        let call_attempts = self.attempts - self.forgotten;
        let attempts = match class {
            Some(class) => {
                self.taken[class] += 1;
                self.taken[class]
            }
            None => call_attempts,
        };
        let wait = case.map_or(&plan.wait, |case| &case.wait);
        let told = self.decided.next().copied();
        let (low, high) = pauses(wait, attempts, self.previous);
        self.computed = Some((low, high));
        let (least, most) = match verdict {
            Verdict::RetryAfter(asked) if asked > hint_max(wait) => return Err(StopReason::Hint),
            Verdict::RetryAfter(asked) => {
                let latest = asked + (asked / 10).min(Duration::from_secs(1));
                (low.max(asked), high.max(latest))
            }
            Verdict::RetryIn(pause) => {
                self.computed = None;
                (pause, pause)
            }
            _ => (low, high),
        };
        let follows = |pause| self.follows(pause, case, attempts, call_attempts, set_aside);
        match told {
            Some(Ok(pause)) if (least..=most).contains(&pause) => follows(pause),
            // The drawn value is unknown, but its effect is known.
            Some(Err(reason)) => self
                .edges(case)
                .into_iter()
                .map(|edge| follows(edge.clamp(least, most)))
                .find(|it| *it == Err(reason))
                .unwrap_or(follows(most)),
            _ => follows(most),
        }
    }

    /// Returns the pause of the wait alone, within bounds and no longer than the slept one. Under a hint it
    /// is not visible when it is drawn, but callbacks see it later.
    fn computed_pause(&self, (low, high): (Duration, Duration), slept: Duration) -> Duration {
        let high = high.min(slept);
        let later = self.seen.iter().skip(self.events.len());
        let heard = later.filter_map(|event| match event {
            Event::Callback(_, seen) => Some(seen.previous),
            _ => None,
        });
        let mut heard = heard.filter(|it| (low..=high).contains(it));
        heard.next().unwrap_or(high)
    }

    /// Returns the pauses beyond which the decision changes, and those just below.
    fn edges(&self, case: Option<&Case>) -> Vec<Duration> {
        let mut ends = vec![self.now, Duration::MAX];
        ends.extend(self.plan.deadline.into_iter().chain(self.open_until));
        limits(&self.plan.stop, &mut ends);
        if let Some(case) = case {
            limits(&case.stop, &mut ends);
        }
        let pauses = ends.iter().map(|end| end.saturating_sub(self.now));
        pauses
            .flat_map(|edge| [edge, edge.saturating_sub(Duration::from_nanos(1))])
            .collect()
    }

    fn follows(
        &self,
        pause: Duration,
        case: Option<&Case>,
        attempts: u32,
        call_attempts: u32,
        set_aside: u32,
    ) -> Decision {
        let asked = Asked {
            elapsed: self.now,
            idle: self.idle,
            pause,
            cancelled: self.plan.cancel.is_some_and(|at| at <= self.now),
            of_case: case.is_some(),
            set_aside,
        };
        if let Some(reason) = case.and_then(|case| asked.ends(&case.stop, attempts, false)) {
            return Err(reason);
        }
        if !self.plan.enabled {
            return Err(StopReason::Attempts);
        }
        if let Some(reason) = asked.ends(&self.plan.stop, call_attempts, true) {
            return Err(reason);
        }
        if self
            .plan
            .deadline
            .is_some_and(|deadline| self.now + pause >= deadline)
        {
            return Err(StopReason::Deadline);
        }
        if self
            .open_until
            .is_some_and(|until| self.now + pause < until)
        {
            return Err(StopReason::CircuitOpen);
        }
        if self.budget == 0 {
            return Err(StopReason::Budget);
        }
        Ok(pause)
    }

    /// Sleeps, and returns whether the pause ran to its end.
    fn sleep(&mut self, pause: Duration) -> Option<bool> {
        let mut ends = self.now + pause;
        if self.front == Front::Async {
            // The timer wakes at whole milliseconds.
            ends = Duration::from_millis(ends.as_nanos().div_ceil(1_000_000) as u64);
        }
        let cancel = self
            .plan
            .cancel
            .filter(|_| self.front != Front::Steps && heard(&self.plan.stop, &|_| true));
        match cancel {
            Some(at) if at < ends && self.front == Front::Blocking => {
                // A user's sleeper sleeps for at most 50 ms before the token is asked.
                let slices = (at - self.now).as_nanos().div_ceil(50_000_000) as u32;
                self.now = ends.min(self.now + slices * Duration::from_millis(50));
                Some(false)
            }
            Some(at) if at < ends => {
                self.now = at;
                Some(false)
            }
            _ => self.pass_to(ends).map(|()| true),
        }
    }

    fn pass_to(&mut self, end: Duration) -> Option<()> {
        let passed = self.now != end;
        self.now = end;
        (!passed || self.plan.cancel != Some(end)).then_some(())
    }

    fn halt(&mut self, interrupt: Interrupt) -> End {
        let outcome = self.kept.unwrap_or(Err(Fault::Cut(interrupt)));
        if self.front == Front::Steps {
            return (outcome, None);
        }
        let reason = match interrupt {
            Interrupt::Deadline => StopReason::Deadline,
            Interrupt::Cancelled => StopReason::Cancelled,
            _ => StopReason::CircuitOpen,
        };
        self.recorded.push(Err(reason));
        let seen = Seen {
            verdict: Some(Verdict::Retry),
            outcome: Some(outcome),
            ..Seen::default()
        };
        self.end(seen, outcome, Some(reason))
    }

    fn end(&mut self, seen: Seen, outcome: Outcome, reason: Option<StopReason>) -> End {
        let name = reason.map_or("on_success", |_| "on_failure");
        self.callback(name, Seen { reason, ..seen });
        self.counted.calls = 1;
        self.counted.failure = reason;
        if reason.is_none() {
            self.counted.first_successes = u64::from(self.attempts == 1);
            self.counted.later_successes = u64::from(self.attempts > 1);
        }
        let gave_up = reason.filter(|_| seen.verdict != Some(Verdict::Final));
        match gave_up {
            Some(why) if self.plan.fallback && self.front != Front::Steps => {
                self.events.push(Event::Fallback {
                    attempts: self.attempts,
                    elapsed: self.now,
                    reason: why,
                    outcome,
                });
                (Ok(FALLEN_BACK), reason)
            }
            _ => (outcome, reason),
        }
    }

    fn callback(&mut self, name: &'static str, seen: Seen) {
        let seen = Seen {
            attempt: self.attempts,
            elapsed: self.now,
            idle: self.idle,
            previous: self.previous,
            ..seen
        };
        self.events.push(Event::Callback(name, seen));
    }
}
