//! Circuit breakers compared with a simple model: the same calls and the same answers.

use std::time::Duration;

use crate::clock;
use crate::clock::{advance, now};
use persevere_core::CircuitBreaker;
use persevere_core::breaker::{CallResult, Permit, Settings, State, count, time};
use proptest::prelude::*;

/// Half a slice of the windows below, in milliseconds.
const STEP: u64 = 50;
const SLICE: u64 = 100;
const THRESHOLD: u64 = 800;

#[derive(Clone, Copy, Debug)]
enum Window {
    Calls(u32),
    Second,
}

#[derive(Clone, Copy, Debug)]
enum Rule {
    Consecutive(u32),
    Failures(f64, Window, u32),
    Slow(f64, Window, u32),
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    rule: Rule,
    also_consecutive: Option<u32>,
    probes: u32,
    needed: u32,
    open: u64,
    growth: Option<(f64, u64)>,
}

impl Plan {
    fn breaker(self) -> CircuitBreaker {
        let millis = Duration::from_millis;
        let window = |window| match window {
            Window::Calls(calls) => count(calls),
            Window::Second => time(millis(10 * SLICE)),
        };
        let settings = Settings::new("b")
            .open_for(millis(self.open))
            .probes(self.probes)
            .successes(self.needed);
        let settings = match self.growth {
            Some((factor, max)) => settings.growing(factor, millis(max)),
            None => settings,
        };
        let settings = match self.rule {
            Rule::Consecutive(row) => settings.consecutive(row),
            Rule::Failures(rate, over, least) => {
                settings.failure_rate(rate, window(over)).minimum(least)
            }
            Rule::Slow(rate, over, least) => settings
                .slow_calls(millis(THRESHOLD), rate, window(over))
                .minimum(least),
        };
        let settings = match self.also_consecutive {
            Some(row) => settings.consecutive(row),
            None => settings,
        };
        settings.build().expect("sensible")
    }

    fn row(&self) -> Option<u32> {
        match self.rule {
            Rule::Consecutive(row) => Some(self.also_consecutive.unwrap_or(row)),
            _ => self.also_consecutive,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter,
    End(usize, CallResult),
    Pass(u64),
    Turn(State),
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Call {
    stay: u32,
    round: u32,
    began: u64,
    under_way: bool,
}

/// A model that keeps everything, and counts on demand.
struct Model {
    plan: Plan,
    now: u64,
    state: State,
    stay: u32,
    /// The number of times that the permits of lost probes were reissued.
    round: u32,
    until: u64,
    openings: u32,
    row: u32,
    used: u32,
    good: u32,
    bad: u32,
    /// The calls of this stay that ended: their times, and whether they were bad.
    ended: Vec<(u64, bool)>,
    calls: Vec<Call>,
    asked: u64,
}

impl Model {
    fn new(plan: Plan) -> Self {
        Model {
            plan,
            now: 0,
            state: State::Closed,
            stay: 0,
            round: 0,
            until: 0,
            openings: 0,
            row: 0,
            used: 0,
            good: 0,
            bad: 0,
            ended: Vec::new(),
            calls: Vec::new(),
            asked: 0,
        }
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.stay += 1;
        (self.row, self.used, self.good, self.bad) = (0, 0, 0, 0);
        self.ended.clear();
        match state {
            State::Open => self.openings += 1,
            State::HalfOpen => {}
            _ => self.openings = 0,
        }
        if matches!(state, State::Open | State::HalfOpen) {
            self.begin();
        }
    }

    /// Begins an open or half-open time.
    fn begin(&mut self) {
        let open = self.plan.open as f64;
        let span = match self.plan.growth {
            Some((factor, max)) => {
                let nth = self.openings as i32 - 1;
                (open * 1e6 * factor.powi(nth)).min(max as f64 * 1e6)
            }
            None => open * 1e6,
        };
        self.until = self.now * 1_000_000 + span as u64;
    }

    /// The state that those who watch it see.
    fn shown(&self) -> State {
        match self.state {
            State::Open if self.over() => State::HalfOpen,
            state => state,
        }
    }

    fn over(&self) -> bool {
        self.now * 1_000_000 >= self.until
    }

    fn enter(&mut self) -> bool {
        if self.state == State::Closed {
            if let Rule::Slow(..) = self.plan.rule {
                if self.asked != self.now / SLICE {
                    self.asked = self.now / SLICE;
                    if self.trips() {
                        self.turn(State::Open);
                    }
                }
            }
        }
        let enters = match self.state {
            State::Closed | State::ForcedClosed | State::Disabled => true,
            State::Open if self.over() => {
                self.turn(State::HalfOpen);
                true
            }
            State::HalfOpen if self.over() => {
                self.used = self.good + self.bad;
                self.round += 1;
                self.begin();
                true
            }
            State::HalfOpen if self.used < self.plan.probes => true,
            _ => false,
        };
        self.used += u32::from(enters && self.state == State::HalfOpen);
        self.calls.push(Call {
            stay: self.stay,
            round: self.round,
            began: self.now,
            under_way: enters,
        });
        enters
    }

    fn end(&mut self, index: usize, mut weight: CallResult) {
        let call = std::mem::replace(&mut self.calls[index].under_way, false);
        assert!(call);
        let Call {
            stay, round, began, ..
        } = self.calls[index];
        if stay != self.stay {
            return;
        }
        let slow = matches!(self.plan.rule, Rule::Slow(..)) && self.now - began > THRESHOLD;
        match self.state {
            State::Closed => {
                let bad = match self.plan.rule {
                    Rule::Slow(..) => slow,
                    _ => weight == CallResult::Failure,
                };
                if weight != CallResult::Ignored {
                    self.ended.push((self.now, bad));
                }
                let trips = weight != CallResult::Ignored && bad && self.trips();
                match weight {
                    CallResult::Success => self.row = 0,
                    CallResult::Failure => self.row += 1,
                    CallResult::Ignored => {}
                }
                if trips || self.plan.row().is_some_and(|row| self.row >= row) {
                    self.turn(State::Open);
                }
            }
            State::HalfOpen => {
                if slow && weight == CallResult::Success {
                    weight = CallResult::Failure;
                }
                match weight {
                    CallResult::Success => self.good += 1,
                    CallResult::Failure => self.bad += 1,
                    CallResult::Ignored => self.used -= u32::from(round == self.round),
                }
                if self.good >= self.plan.needed {
                    self.turn(State::Closed);
                } else if self.bad > self.plan.probes - self.plan.needed {
                    self.turn(State::Open);
                }
            }
            _ => {}
        }
    }

    /// Returns the calls in the window, and the bad ones among them.
    fn share(&self) -> (u64, u64) {
        let (Rule::Failures(_, window, _) | Rule::Slow(_, window, _)) = self.plan.rule else {
            return (0, 0);
        };
        let all = self.ended.iter().rev();
        let recent: Vec<bool> = match window {
            Window::Calls(calls) => all.take(calls as usize).map(|(_, bad)| *bad).collect(),
            Window::Second => all
                .take_while(|(at, _)| at / SLICE + 10 > self.now / SLICE)
                .map(|(_, bad)| *bad)
                .collect(),
        };
        let hanging = match self.plan.rule {
            Rule::Slow(..) => self.hanging(),
            _ => 0,
        };
        let bad = recent.iter().filter(|bad| **bad).count() as u64;
        (recent.len() as u64 + hanging, bad + hanging)
    }

    /// Returns the number of hanging calls. A call hangs nine slices after the one in which it began.
    fn hanging(&self) -> u64 {
        let hangs = |call: &&Call| {
            let slices = self.now / SLICE - call.began / SLICE;
            call.under_way && call.stay == self.stay && slices >= 9
        };
        match self.state {
            State::Closed => self.calls.iter().filter(hangs).count() as u64,
            _ => 0,
        }
    }

    fn trips(&self) -> bool {
        let (Rule::Failures(rate, _, least) | Rule::Slow(rate, _, least)) = self.plan.rule else {
            return false;
        };
        let (calls, bad) = self.share();
        bad > 0 && calls >= u64::from(least) && bad as f64 / calls as f64 >= rate
    }
}

fn window() -> impl Strategy<Value = (Window, u32)> {
    prop_oneof![
        (1_u32..12).prop_flat_map(|calls| (Just(Window::Calls(calls)), 1..=calls)),
        (1_u32..12).prop_map(|least| (Window::Second, least)),
    ]
}

fn rate() -> impl Strategy<Value = f64> {
    (0_u32..=10).prop_map(|tenths| f64::from(tenths) / 10.0)
}

fn plan() -> impl Strategy<Value = Plan> {
    let rule = prop_oneof![
        (1_u32..5).prop_map(Rule::Consecutive),
        (rate(), window()).prop_map(|(rate, (over, least))| Rule::Failures(rate, over, least)),
        (rate(), window()).prop_map(|(rate, (over, least))| Rule::Slow(rate, over, least)),
    ];
    let growth = prop_oneof![
        2 => Just(None),
        1 => (1_u32..30, 0_u64..5000).prop_map(|(tenths, more)| {
            Some((1.0 + f64::from(tenths) / 10.0, 1000 + more))
        }),
    ];
    let probes = (1_u32..5).prop_flat_map(|probes| (Just(probes), 1..=probes));
    let row = prop_oneof![3 => Just(None), 1 => (1_u32..5).prop_map(Some)];
    (rule, row, probes, 1_u64..20, growth).prop_map(
        |(rule, also_consecutive, (probes, needed), open, growth)| Plan {
            rule,
            also_consecutive,
            probes,
            needed,
            open: open * STEP,
            growth,
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let weight = prop_oneof![
        3 => Just(CallResult::Success),
        3 => Just(CallResult::Failure),
        1 => Just(CallResult::Ignored),
    ];
    let turn = prop_oneof![
        1 => Just(State::ForcedOpen),
        1 => Just(State::ForcedClosed),
        1 => Just(State::Disabled),
        4 => Just(State::Closed),
    ];
    let step = prop_oneof![
        20 => Just(Step::Enter),
        16 => (0_usize..8, weight).prop_map(|(which, weight)| Step::End(which, weight)),
        8 => (1_u64..8).prop_map(Step::Pass),
        2 => (8_u64..60).prop_map(Step::Pass),
        1 => turn.prop_map(Step::Turn),
    ];
    prop::collection::vec(step, 1..120)
}

fn run(plan: Plan, steps: Vec<Step>) -> Result<(), TestCaseError> {
    clock::set(Duration::ZERO);
    let breaker = plan.breaker();
    let mut model = Model::new(plan);
    let mut permits: Vec<(usize, Permit<'_>)> = Vec::new();
    for step in steps {
        match step {
            Step::Enter => {
                let entered = breaker.enter(now);
                prop_assert_eq!(model.enter(), entered.is_ok());
                match entered {
                    Ok(permit) => permits.push((model.calls.len() - 1, permit)),
                    Err(refused) if model.state == State::Open => {
                        let left = model.until - model.now * 1_000_000;
                        prop_assert_eq!(refused.retry_after, Some(Duration::from_nanos(left)));
                    }
                    Err(refused) => {
                        let known = refused.retry_after.is_some();
                        prop_assert_eq!(known, model.state == State::HalfOpen);
                    }
                }
            }
            Step::End(_, _) if permits.is_empty() => {}
            Step::End(which, weight) => {
                let (index, permit) = permits.swap_remove(which % permits.len());
                model.end(index, weight);
                if weight == CallResult::Ignored {
                    drop(permit);
                } else {
                    permit.record(weight);
                }
            }
            Step::Pass(steps) => {
                model.now += steps * STEP;
                advance(Duration::from_millis(steps * STEP));
            }
            Step::Turn(state) => {
                model.turn(state);
                match state {
                    State::ForcedOpen => breaker.force_open(),
                    State::ForcedClosed => breaker.force_close(),
                    State::Disabled => breaker.disable(),
                    _ => breaker.reset(),
                }
            }
        }
        prop_assert_eq!(breaker.state_at(now), model.shown());
        let recent = breaker.recent_at(now);
        if let Some(share) = recent.failed.or(recent.slow) {
            prop_assert_eq!((share.calls, share.bad), model.share());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn a_breaker_does_what_the_obvious_model_does(plan in plan(), steps in steps()) {
        run(plan, steps)?;
    }
}
