//! Properties of every budget, under any calls: it agrees with a simple model.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{BudgetHandle, RetryBudget};
use crate::wait::Signal;
use proptest::prelude::*;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

fn clock() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now) + Duration::from_millis(NOW.get())
}

/// An event of one of a few calls, which the number selects.
#[derive(Clone, Copy, Debug)]
enum Event {
    Open,
    /// An attempt fails and requests a retry.
    Fail {
        call: usize,
        timed_out: bool,
    },
    Spend(usize),
    Copy(usize),
    Succeed(usize),
    Drop(usize),
    Pass {
        millis: u64,
    },
}

fn any_event() -> impl Strategy<Value = Event> {
    let call = || any::<usize>();
    prop_oneof![
        3 => Just(Event::Open),
        4 => (call(), any::<bool>()).prop_map(|(call, timed_out)| Event::Fail { call, timed_out }),
        4 => call().prop_map(Event::Spend),
        1 => call().prop_map(Event::Copy),
        2 => call().prop_map(Event::Succeed),
        1 => call().prop_map(Event::Drop),
        2 => prop_oneof![1u64..200, 1u64..3_000].prop_map(|millis| Event::Pass { millis }),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Tokens {
        capacity: u32,
        cost: u32,
        slow: u32,
    },
    /// The ratio in thousandths, and the window in seconds.
    Ratio {
        ratio: u32,
        window: u64,
        reserve: u32,
    },
    Throttle {
        max: u32,
        ratio: u32,
    },
    InFlight {
        minimum: u32,
        ratio: u32,
    },
    Total(u32),
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (10u32..40, 1u32..10, 1u32..10).prop_map(|(capacity, cost, slow)| Kind::Tokens {
            capacity,
            cost,
            slow
        }),
        (0u32..=1000, 1u64..=5, 0u32..3).prop_map(|(ratio, window, reserve)| Kind::Ratio {
            ratio,
            window,
            reserve
        }),
        (1u32..12, 1u32..=1000).prop_map(|(max, ratio)| Kind::Throttle { max, ratio }),
        (0u32..4, 0u32..=1000).prop_map(|(minimum, ratio)| Kind::InFlight { minimum, ratio }),
        (0u32..6).prop_map(Kind::Total),
    ]
}

impl Kind {
    fn budget(self) -> RetryBudget {
        let thousandths = |ratio: u32| f64::from(ratio) / 1000.0;
        match self {
            Kind::Tokens {
                capacity,
                cost,
                slow,
            } => RetryBudget::tokens(capacity).costs(cost, slow),
            Kind::Ratio {
                ratio,
                window,
                reserve,
            } => {
                RetryBudget::ratio(thousandths(ratio), Duration::from_secs(window)).reserve(reserve)
            }
            Kind::Throttle { max, ratio } => RetryBudget::throttle(max, thousandths(ratio)),
            Kind::InFlight { minimum, ratio } => {
                RetryBudget::in_flight(minimum, thousandths(ratio))
            }
            Kind::Total(retries) => RetryBudget::total(retries),
        }
    }
}

/// A call in the model.
#[derive(Debug, Default)]
struct Call {
    /// The retry that is paid and not begun: its cost, and the tenth of a window in which it was drawn.
    drawn: Option<(i64, u64)>,
    last: Option<i64>,
    flying: u32,
}

/// A model without atomics, for a single thread.
struct Model {
    kind: Kind,
    /// Tokens, in thousandths.
    level: i64,
    /// Calls begun, by tenths of a window, and retries drawn and not given back.
    calls: BTreeMap<u64, i64>,
    retries: BTreeMap<u64, i64>,
    /// The time at which the last retry of a tenth was drawn.
    last: BTreeMap<u64, u64>,
    /// The time at which the first call began.
    start: Option<u64>,
    open: u32,
    flying: u32,
    granted: u64,
    refused: u64,
}

impl Model {
    fn new(kind: Kind) -> Self {
        let level = match kind {
            Kind::Tokens { capacity, .. } => i64::from(capacity) * 1000,
            Kind::Throttle { max, .. } => i64::from(max) * 1000,
            Kind::Total(retries) => i64::from(retries) * 1000,
            _ => 0,
        };
        Model {
            kind,
            level,
            calls: BTreeMap::new(),
            retries: BTreeMap::new(),
            last: BTreeMap::new(),
            start: None,
            open: 0,
            flying: 0,
            granted: 0,
            refused: 0,
        }
    }

    fn tenth(&self) -> u64 {
        match self.kind {
            Kind::Ratio { window, .. } => {
                (NOW.get() - self.start.unwrap_or(NOW.get())) / (window * 100)
            }
            _ => 0,
        }
    }

    fn cost(&self, timed_out: bool) -> i64 {
        match self.kind {
            Kind::Tokens { slow, .. } if timed_out => i64::from(slow) * 1000,
            Kind::Tokens { cost, .. } => i64::from(cost) * 1000,
            Kind::Total(_) => 1000,
            _ => 0,
        }
    }

    fn raise(&mut self, by: i64) {
        let bound = Model::new(self.kind).level;
        self.level = (self.level + by).min(bound);
    }

    fn open(&mut self) {
        self.start.get_or_insert(NOW.get());
        self.open += 1;
        *self.calls.entry(self.tenth()).or_default() += 1;
    }

    fn fail(&mut self) {
        if let Kind::Throttle { .. } = self.kind {
            self.level = (self.level - 1000).max(0);
        }
    }

    /// Returns the allowance left in the window, in thousandths.
    fn left_of_window(&self, ratio: u32, window: u64, reserve: u32) -> i64 {
        let since = (self.tenth() + 1).saturating_sub(10);
        let sum = |counts: &BTreeMap<u64, i64>| counts.range(since..).map(|(_, n)| n).sum::<i64>();
        // The retries of the tenth in which the window begins stay until the last of them is too old.
        let partly = since
            .checked_sub(1)
            .filter(|tenth| self.last.get(tenth) > NOW.get().checked_sub(window * 1000).as_ref())
            .and_then(|tenth| self.retries.get(&tenth));
        i64::from(reserve) * window as i64 * 1000 + i64::from(ratio) * sum(&self.calls)
            - 1000 * (sum(&self.retries) + partly.unwrap_or(&0))
    }

    fn allows(&self, timed_out: bool) -> bool {
        match self.kind {
            Kind::Tokens { .. } | Kind::Total(_) => self.level >= self.cost(timed_out),
            Kind::Throttle { max, .. } => 2 * self.level > i64::from(max) * 1000,
            Kind::Ratio {
                ratio,
                window,
                reserve,
            } => self.left_of_window(ratio, window, reserve) >= 1000,
            Kind::InFlight { minimum, ratio } => may_fly(self.flying, self.open, minimum, ratio),
        }
    }

    fn draw(&mut self, timed_out: bool) -> Option<(i64, u64)> {
        if !self.allows(timed_out) {
            self.refused += 1;
            return None;
        }
        self.granted += 1;
        self.flying += 1;
        let (cost, tenth) = (self.cost(timed_out), self.tenth());
        self.level -= cost;
        *self.retries.entry(tenth).or_default() += 1;
        self.last.insert(tenth, NOW.get());
        Some((cost, tenth))
    }

    fn settle(&mut self, call: &mut Call) {
        if let Some((cost, tenth)) = call.drawn.take() {
            self.granted -= 1;
            self.flying -= 1;
            self.raise(cost);
            *self.retries.entry(tenth).or_default() -= 1;
        }
        self.flying -= call.flying;
        call.flying = 0;
    }

    fn succeed(&mut self, last: Option<i64>) {
        match self.kind {
            Kind::Tokens { .. } => self.raise(last.unwrap_or(1000)),
            Kind::Throttle { ratio, .. } => self.raise(ratio.into()),
            _ => {}
        }
    }

    fn available(&self) -> u64 {
        let left = match self.kind {
            Kind::Tokens { .. } | Kind::Total(_) => self.level / self.cost(false),
            Kind::Ratio {
                ratio,
                window,
                reserve,
            } => self.left_of_window(ratio, window, reserve) / 1000,
            Kind::Throttle { max, .. } => (1..)
                .take_while(|failures| 2 * (self.level - failures * 1000) > i64::from(max) * 1000)
                .count() as i64,
            Kind::InFlight { ratio: 1000, .. } => i64::from(u32::MAX - self.flying),
            Kind::InFlight { minimum, ratio } => (self.flying..)
                .take_while(|&flying| may_fly(flying, self.open, minimum, ratio))
                .count() as i64,
        };
        left.max(0) as u64
    }
}

/// Returns whether one more retry may be in flight.
fn may_fly(flying: u32, calls: u32, minimum: u32, ratio: u32) -> bool {
    let executions = u64::from(calls + flying);
    flying < minimum || u64::from(flying) * 1000 <= u64::from(ratio) * executions
}

/// Returns how many of these times are in the window that ends now, a point in milliseconds.
fn within(times: &[u64], window: Duration) -> u64 {
    let now = Duration::from_millis(NOW.get());
    let inside = |&&time: &&u64| Duration::from_millis(time) + window > now;
    times.iter().filter(inside).count() as u64
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_does_as_the_model(kind in any_kind(), events in prop::collection::vec(any_event(), 1..120)) {
        NOW.set(0);
        let budget = kind.budget();
        let mut model = Model::new(kind);
        let mut calls: Vec<(BudgetHandle<'_>, Call)> = Vec::new();
        for event in events {
            let count = calls.len();
            let pick = |call: usize| (count > 0).then(|| call % count);
            match event {
                Event::Open => {
                    calls.push((budget.open(clock), Call::default()));
                    model.open();
                }
                Event::Fail { call, timed_out } => if let Some(at) = pick(call) {
                    let (handle, call) = &mut calls[at];
                    handle.failed();
                    model.fail();
                    model.settle(call);
                    call.drawn = model.draw(timed_out);
                    prop_assert_eq!(handle.withdraw(timed_out), call.drawn.is_some());
                }
                Event::Spend(call) => if let Some(at) = pick(call) {
                    let (handle, call) = &mut calls[at];
                    handle.commit();
                    if let Some((cost, _)) = call.drawn.take() {
                        call.last = Some(cost);
                        call.flying += 1;
                    }
                }
                Event::Copy(call) => if let Some(at) = pick(call) {
                    let (handle, call) = &mut calls[at];
                    let granted = model.draw(false).is_some();
                    call.flying += u32::from(granted);
                    prop_assert_eq!(handle.start_copy(), granted);
                }
                Event::Succeed(call) => if let Some(at) = pick(call) {
                    let (mut handle, mut call) = calls.swap_remove(at);
                    handle.succeeded();
                    model.succeed(call.last);
                    model.settle(&mut call);
                    model.open -= 1;
                }
                Event::Drop(call) => if let Some(at) = pick(call) {
                    let (_, mut call) = calls.swap_remove(at);
                    model.settle(&mut call);
                    model.open -= 1;
                }
                Event::Pass { millis } => NOW.set(NOW.get() + millis),
            }
            prop_assert_eq!(budget.available(), model.available(), "after {:?}", event);
            prop_assert!((0.0..=1.0).contains(&budget.pressure()));
            prop_assert!(budget.available() == 0 || budget.pressure() < 1.0);
            prop_assert_eq!(budget.granted(), model.granted);
            prop_assert_eq!(budget.refused(), model.refused);
        }
    }

    /// Whenever a retry is granted, the window that ends there holds no more retries than its calls allow.
    #[test]
    fn a_ratio_holds_over_every_window(
        ratio in 0u32..=1000,
        window in 1_000u64..=4_000,
        nanos in 0u64..10,
        reserve in 0u32..4,
        events in prop::collection::vec((0u64..400, any::<bool>()), 1..300),
    ) {
        NOW.set(0);
        let window = Duration::from_millis(window) + Duration::from_nanos(nanos);
        let budget = RetryBudget::ratio(f64::from(ratio) / 1000.0, window).reserve(reserve);
        let mut handle = budget.open(clock);
        let (mut calls, mut retries) = (vec![0], Vec::new());
        for (gap, retried) in events {
            // Often at once, or at the exact edge of a tenth.
            let edge = (window.as_millis() / 10) as u64;
            NOW.set(NOW.get() + match gap { 0..200 => 0, 200..220 => edge, gap => gap });
            if !retried {
                drop(budget.open(clock));
                calls.push(NOW.get());
            } else if handle.withdraw(false) {
                handle.commit();
                retries.push(NOW.get());
                let allowed = u128::from(reserve) * window.as_micros()
                    + u128::from(ratio) * 1000 * u128::from(within(&calls, window));
                prop_assert!(u128::from(within(&retries, window)) * 1_000_000 <= allowed);
            }
        }
    }
}
