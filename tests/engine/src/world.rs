//! The surroundings of a call: passing time, a token that is cancelled, and the observers.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::time::Duration;

use persevere_core::testing::{Event as Recorded, Recorder, Scope, VirtualClock};
use persevere_core::{Attempt, CancelToken, GiveUp, RetryState, RetryStats};
use tokio::time::{Instant, sleep};

use crate::plan::{Mark, Outcome, Plan, Step};
use crate::trace::{Decision, Event, FALLEN_BACK, Front, Seen};

/// The surroundings of a call: time passes, and a token may be cancelled.
pub struct World<'a> {
    clock: Clock,
    pub token: CancelToken,
    cancel: Option<Duration>,
    script: &'a [Step],
    made: Cell<usize>,
    took: Cell<Duration>,
    pub events: RefCell<Vec<Event>>,
    recorder: Recorder,
    pub stats: RetryStats,
}

enum Clock {
    Virtual(VirtualClock),
    Tokio(Cell<Option<Instant>>),
}

impl<'a> World<'a> {
    pub fn new(plan: &Plan, script: &'a [Step], front: Front) -> Self {
        World {
            clock: match front {
                Front::Async => Clock::Tokio(Cell::new(None)),
                _ => Clock::Virtual(VirtualClock::new()),
            },
            token: CancelToken::new(),
            cancel: plan.cancel,
            script,
            made: Cell::new(0),
            took: Cell::default(),
            events: RefCell::default(),
            recorder: Recorder::new(),
            stats: RetryStats::new(),
        }
    }

    fn now(&self) -> Duration {
        match &self.clock {
            Clock::Virtual(clock) => clock.elapsed(),
            Clock::Tokio(began) => began.get().expect("begun").elapsed(),
        }
    }

    /// Returns the duration of the call.
    pub fn took(&self) -> Duration {
        self.took.get()
    }

    /// Runs a blocking call in this world.
    pub fn live<T>(&self, call: impl FnOnce() -> T) -> T {
        let Clock::Virtual(clock) = &self.clock else {
            panic!("a world for async calls")
        };
        if self.cancel == Some(Duration::ZERO) {
            self.token.cancel();
        }
        let ended = Scope::new().clock(clock).record(&self.recorder).run(call);
        self.took.set(self.now());
        ended
    }

    /// Runs an async call in this world.
    pub fn live_async<T>(&self, call: impl Future<Output = T>) -> T {
        let Clock::Tokio(began) = &self.clock else {
            panic!("a world for blocking calls")
        };
        if self.cancel == Some(Duration::ZERO) {
            self.token.cancel();
        }
        let cancel = async {
            match self.cancel {
                Some(at) if !at.is_zero() => sleep(at).await,
                _ => pending().await,
            }
            self.token.cancel();
            pending().await
        };
        let lived = async {
            began.set(Some(Instant::now()));
            let ended = tokio::select! {
                biased;
                ended = cancel => ended,
                ended = call => ended,
            };
            self.took.set(self.now());
            ended
        };
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build();
        let scope = Scope::new().record(&self.recorder);
        runtime.expect("a runtime").block_on(scope.run_async(lived))
    }

    /// Lets time pass on this thread.
    pub fn pass(&self, time: Duration) {
        let Clock::Virtual(clock) = &self.clock else {
            panic!("time passes by itself")
        };
        clock.advance(time);
        if self.cancel.is_some_and(|at| at <= clock.elapsed()) {
            self.token.cancel();
        }
    }

    /// Begins an attempt.
    fn attempt(&self, at: Option<&Attempt>) -> Step {
        let made = self.made.replace(self.made.get() + 1);
        let step = self.script[made.min(self.script.len() - 1)];
        let now = self.now();
        if let Some(at) = at {
            assert_eq!(at.elapsed(), now);
            match step.mark {
                Some(Mark::Retry) => at.retry(),
                Some(Mark::RetryNow) => at.retry_now(),
                Some(Mark::RetryAfter(pause)) => at.retry_after(pause),
                Some(Mark::GiveUp) => at.give_up(),
                None => {}
            }
            if step.reset {
                at.reset();
            }
        }
        self.events.borrow_mut().push(Event::Attempt {
            number: at.map_or(made as u32 + 1, Attempt::number),
            at: now,
            remaining: at.and_then(Attempt::remaining),
        });
        step
    }

    pub fn call(&self, at: Option<&Attempt>) -> Outcome {
        let step = self.attempt(at);
        self.pass(step.takes);
        step.outcome
    }

    pub async fn call_async(&self, at: Option<&Attempt>) -> Outcome {
        let step = self.attempt(at);
        if !step.takes.is_zero() {
            sleep(step.takes).await;
        }
        step.outcome
    }

    pub fn callback(&self, name: &'static str) -> impl Fn(&RetryState<'_, Outcome>) {
        move |state| {
            let seen = Seen {
                attempt: state.attempt(),
                elapsed: state.elapsed(),
                idle: state.idle_for(),
                previous: state.previous_pause(),
                pause: state.pause(),
                verdict: state.verdict(),
                reason: state.reason(),
                class: state.class(),
                outcome: state.outcome().copied(),
            };
            self.events.borrow_mut().push(Event::Callback(name, seen));
        }
    }

    pub fn fallback(&self) -> impl Fn(GiveUp<Outcome>) -> Outcome {
        |give_up| {
            self.events.borrow_mut().push(Event::Fallback {
                attempts: give_up.attempts(),
                elapsed: give_up.elapsed(),
                reason: give_up.reason(),
                outcome: give_up.into_outcome(),
            });
            Ok(FALLEN_BACK)
        }
    }

    pub fn recorded(&self) -> Vec<Decision> {
        let record = self.recorder.recorded();
        let decisions = record.events().iter().filter_map(|event| match event {
            Recorded::Pause { pause, .. } => Some(Ok(*pause)),
            Recorded::GaveUp { reason, .. } => Some(Err(*reason)),
            _ => None,
        });
        decisions.collect()
    }
}
