//! The model of a breaker, which keeps everything and counts on demand.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use persevere_core::breaker::{CallResult, State};

use crate::guard_simulation::clock::Clock;
use crate::guard_simulation::program::{BreakerPlan, Rule};

#[derive(Debug)]
pub(crate) struct Breaker {
    plan: BreakerPlan,
    pub(crate) state: State,
    /// The number of changes of state.
    stay: u32,
    /// The stay in which it half-opened first.
    probing: u32,
    /// The end of its open time, or of its half-open time.
    until: Duration,
    /// The end of the rest that failures have asked for.
    rest: Duration,
    /// The time since which it admits calls, if it does.
    admits: Duration,
    row: u32,
    /// The results of the calls of this stay that count: whether each failed.
    ended: Vec<bool>,
    /// Permits given to probes that count, or may still count.
    given: u32,
    good: u32,
    bad: u32,
    pub(crate) failures: u64,
    pub(crate) ignored: u64,
}

/// The permission of a call. Dropping it reports no result.
#[derive(Debug)]
pub(crate) struct Permit {
    breaker: Rc<RefCell<Breaker>>,
    stay: u32,
    pub(crate) probe: bool,
    told: bool,
    clock: Clock,
}

impl Breaker {
    pub(crate) fn new(plan: BreakerPlan) -> Self {
        Breaker {
            plan,
            state: State::Closed,
            stay: 0,
            probing: 0,
            until: Duration::ZERO,
            rest: Duration::ZERO,
            admits: Duration::ZERO,
            row: 0,
            ended: Vec::new(),
            given: 0,
            good: 0,
            bad: 0,
            failures: 0,
            ignored: 0,
        }
    }

    fn turn(&mut self, state: State, now: Duration) {
        self.state = state;
        self.stay += 1;
        self.until = now + self.plan.open;
        self.admits = now;
        if state == State::Closed {
            self.rest = Duration::ZERO;
        }
        (self.row, self.given, self.good, self.bad) = (0, 0, 0, 0);
        self.ended.clear();
    }

    /// Returns the time for which it refuses every call, or `None` if it may admit one.
    pub(crate) fn shut_for(&self, now: Duration) -> Option<Duration> {
        let left = self.ends().saturating_sub(now);
        (self.state == State::Open && !left.is_zero()).then_some(left)
    }

    /// Returns the state that those who watch it see: open until its time is over, though no call has come.
    pub(crate) fn shown(&self, now: Duration) -> State {
        match self.state {
            State::Open if self.shut_for(now).is_none() => State::HalfOpen,
            state => state,
        }
    }

    /// Returns the end of the stay in this state.
    fn ends(&self) -> Duration {
        match self.state {
            State::Open => self.until.max(self.rest),
            _ => self.until,
        }
    }

    pub(crate) fn open(&self) -> Duration {
        self.plan.open
    }

    /// Returns the time since which it admits calls, or will.
    pub(crate) fn admits_since(&self) -> Duration {
        match self.state {
            State::Open => self.ends(),
            State::HalfOpen if self.given >= self.plan.probes => self.until,
            _ => self.admits,
        }
    }

    /// Returns a permit, or `None` if it refuses the call.
    pub(crate) fn enter(this: &Rc<RefCell<Self>>, clock: &Clock) -> Option<Permit> {
        let now = clock.now();
        let mut breaker = this.borrow_mut();
        let over = now >= breaker.ends();
        match breaker.state {
            State::Open if !over => return None,
            State::Open => {
                breaker.turn(State::HalfOpen, now);
                breaker.probing = breaker.stay;
            }
            State::HalfOpen if over => {
                // The probes are presumed lost. The known results still count.
                breaker.stay += 1;
                if breaker.given >= breaker.plan.probes {
                    breaker.admits = breaker.until;
                }
                breaker.until = now + breaker.plan.open;
                breaker.given = breaker.good + breaker.bad;
            }
            State::HalfOpen if breaker.given >= breaker.plan.probes => return None,
            _ => {}
        }
        let probe = breaker.state == State::HalfOpen;
        breaker.given += u32::from(probe);
        Some(Permit {
            breaker: Rc::clone(this),
            stay: breaker.stay,
            probe,
            told: false,
            clock: clock.clone(),
        })
    }

    /// Records a failure that asks for rest, in the opening that it leads to or that came before it.
    fn asks(&mut self, stay: u32, probe: bool, rest: Duration, now: Duration) {
        let led_to_it = match probe {
            true => stay >= self.probing,
            false => stay + 1 == self.stay,
        };
        let opened = self.state == State::Open && led_to_it;
        if opened || self.lasts(stay, probe) {
            let rest = rest.min(Duration::from_secs(60));
            self.rest = self.rest.max(now + rest);
        }
    }

    /// Returns whether the stay in which a call entered still lasts. A half-open one lasts until it ends.
    fn lasts(&self, stay: u32, probe: bool) -> bool {
        let probing = probe && self.state == State::HalfOpen && stay >= self.probing;
        stay == self.stay || probing
    }

    fn leave(&mut self, stay: u32, probe: bool, weight: CallResult, now: Duration) {
        match weight {
            CallResult::Success => {}
            CallResult::Failure => self.failures += 1,
            CallResult::Ignored => self.ignored += 1,
        }
        if !self.lasts(stay, probe) {
            return;
        }
        match (self.state, weight) {
            (State::Closed, CallResult::Success) => {
                self.row = 0;
                self.ended.push(false);
            }
            (State::Closed, CallResult::Failure) => {
                self.row += 1;
                self.ended.push(true);
                if self.trips() {
                    self.turn(State::Open, now);
                }
            }
            (State::HalfOpen, CallResult::Success) => {
                self.good += 1;
                if self.good >= self.plan.needed {
                    self.turn(State::Closed, now);
                }
            }
            (State::HalfOpen, CallResult::Failure) => {
                self.bad += 1;
                if self.bad > self.plan.probes - self.plan.needed {
                    self.turn(State::Open, now);
                }
            }
            (State::HalfOpen, CallResult::Ignored) if stay == self.stay => {
                if self.given == self.plan.probes {
                    self.admits = now;
                }
                self.given -= 1;
            }
            _ => {}
        }
    }

    fn trips(&self) -> bool {
        match self.plan.rule {
            Rule::Consecutive(row) => self.row >= row,
            Rule::Failures(bad, of) => {
                let recent = self.ended.iter().rev().take(of as usize);
                let failed = recent.filter(|failed| **failed).count();
                self.ended.len() >= of as usize && failed >= bad as usize
            }
        }
    }
}

impl Permit {
    /// Reports that the call failed and asks for rest.
    pub(crate) fn asks(&self, rest: Duration) {
        let mut breaker = self.breaker.borrow_mut();
        breaker.asks(self.stay, self.probe, rest, self.clock.now());
    }

    pub(crate) fn record(mut self, weight: CallResult) {
        self.told = true;
        self.tell(weight);
    }

    fn tell(&self, weight: CallResult) {
        let mut breaker = self.breaker.borrow_mut();
        breaker.leave(self.stay, self.probe, weight, self.clock.now());
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.told {
            self.tell(CallResult::Ignored);
        }
    }
}
