//! Generated programs of all kinds, each from a number.

use std::time::Duration;

use persevere_core::Interrupt;

use crate::guard_simulation::program::{
    Act, BreakerPlan, BudgetPlan, Call, End, Fault, Hedging, Mark, Nesting, Plan, Program, Rule,
    Step, Task, Through, Token, When,
};

/// A SplitMix64 generator, with the same numbers on every platform.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn from(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// Returns a number of milliseconds, with equal chances for every order of magnitude.
    fn time(&mut self, least: u64, most: u64) -> Duration {
        let octaves = (most / least).ilog2();
        let low = least << self.below(u64::from(octaves) + 1);
        Duration::from_millis(self.from(low, (2 * low).min(most)))
    }

    fn maybe<T>(&mut self, one_in: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(one_in).then(|| make(self))
    }
}

/// Returns the program of a number. In a blocking program nothing happens concurrently.
pub(crate) fn program(seed: u64, blocking: bool) -> Program {
    let dice = &mut Dice(seed);
    let breakers = (0..2).map(|_| breaker(dice)).collect();
    let budgets = (0..3).map(|_| budget(dice)).collect();
    let tokens = (0..2).map(|_| match dice.one_in(8) {
        true => Duration::ZERO,
        false => dice.time(8, 4000),
    });
    let tokens: Vec<_> = tokens.collect();
    let mut generator = Generator { dice, blocking };
    let tasks = generator.dice.from(1, 5);
    Program {
        seed,
        breakers,
        budgets,
        tokens,
        tasks: (0..tasks).map(|_| generator.task()).collect(),
    }
}

fn breaker(dice: &mut Dice) -> BreakerPlan {
    let probes = dice.from(1, 3) as u32;
    BreakerPlan {
        rule: match dice.one_in(2) {
            true => Rule::Consecutive(dice.from(1, 4) as u32),
            false => {
                let of = dice.from(2, 6);
                Rule::Failures(dice.from(1, of) as u32, of as u32)
            }
        },
        open: dice.time(16, 1000),
        probes,
        needed: dice.from(1, probes.into()) as u32,
    }
}

fn budget(dice: &mut Dice) -> BudgetPlan {
    match dice.below(5) {
        0 => BudgetPlan::Total(dice.below(8) as u32),
        1 => BudgetPlan::Tokens(dice.from(10, 40) as u32),
        2 => BudgetPlan::Throttle(dice.from(2, 10) as u32),
        3 => BudgetPlan::Ratio(dice.below(10) as u32, dice.below(4) as u32),
        _ => BudgetPlan::InFlight(dice.below(3) as u32, dice.below(10) as u32),
    }
}

struct Generator<'d> {
    dice: &'d mut Dice,
    blocking: bool,
}

impl Generator<'_> {
    fn task(&mut self) -> Task {
        let calls = match self.blocking {
            true => 1,
            false => self.dice.from(1, 3),
        };
        Task {
            begins: self.dice.time(1, 2000),
            calls: (0..calls).map(|_| self.call(0)).collect(),
            dropped: self.dice.maybe(6, |dice| dice.time(8, 4000)),
        }
    }

    fn call(&mut self, depth: u32) -> Call {
        let steps = self.dice.from(1, 5);
        let script = (0..steps).map(|_| self.step(depth));
        // A last step that ends every call.
        let last = Step {
            acts: vec![Act::Mark(Mark::GiveUp)],
            end: End::Outcome(Ok(0)),
        };
        Call {
            script: script.chain([last]).collect(),
            plan: self.plan(depth),
            caught: self.dice.one_in(2),
        }
    }

    fn plan(&mut self, depth: u32) -> Plan {
        let blocking = self.blocking;
        let dice = &mut *self.dice;
        // A nested call sets `nested` more often.
        let nested = match depth {
            0 => [
                Nesting::Silent,
                Nesting::Silent,
                Nesting::Independent,
                Nesting::Share,
            ],
            _ => [
                Nesting::Silent,
                Nesting::Independent,
                Nesting::Share,
                Nesting::Single,
            ],
        };
        Plan {
            attempts: dice.from(1, 5) as u32,
            after_delay: dice.maybe(6, |dice| dice.time(16, 2000)),
            wait: dice.time(1, 200),
            hint_max: dice.maybe(6, |dice| dice.time(8, 1000)),
            when: dice.pick(&[
                When::AnyFailure,
                When::Transient,
                When::Transient,
                When::ValueToo,
            ]),
            deadline: dice.maybe(3, |dice| dice.time(32, 4000)),
            attempt_timeout: dice.maybe(3, |dice| dice.time(16, 1000)),
            reset_after: dice.maybe(8, |dice| dice.time(16, 1000)),
            breaker: dice.maybe(2, |dice| Through {
                breaker: dice.below(2) as usize,
                waits: dice.one_in(4),
            }),
            budget: dice.maybe(2, |dice| dice.below(3) as usize),
            nested: dice.pick(&nested),
            hedge: dice
                .maybe(3, |dice| Hedging {
                    delay: dice.time(4, 500),
                    copies: dice.from(2, 4) as u32,
                })
                .filter(|_| !blocking),
            token: dice
                .maybe(4, |dice| Token {
                    token: dice.below(2) as usize,
                    cuts: dice.one_in(2),
                })
                .filter(|_| !blocking),
            fallback: dice.one_in(4),
            oversleeps: None,
        }
    }

    fn step(&mut self, depth: u32) -> Step {
        let acts = self.dice.below(4);
        Step {
            acts: (0..acts).map(|_| self.act(depth)).collect(),
            end: match self.dice.below(20) {
                0 => End::Panic,
                1..=5 => End::Outcome(Ok(self.dice.below(3) as u8)),
                6..=8 => End::Outcome(Err(Fault::Asks(self.dice.time(1, 1000)))),
                9 => End::Outcome(Err(Fault::Asks(Duration::ZERO))),
                10 => {
                    let faults = [Fault::Broken, Fault::Conflict, Fault::Untrusted, Fault::Own];
                    End::Outcome(Err(self.dice.pick(&faults)))
                }
                11 => End::Outcome(Err(Fault::Cut(Interrupt::AttemptTimeout))),
                _ => End::Outcome(Err(Fault::Busy)),
            },
        }
    }

    fn act(&mut self, depth: u32) -> Act {
        match self.dice.below(12) {
            0 if depth < 3 => Act::Call(Box::new(self.call(depth + 1))),
            1 if depth < 2 => Act::Both(Box::new([self.call(depth + 1), self.call(depth + 1)])),
            2 => Act::Mark(match self.dice.below(7) {
                0 => Mark::RetryNow,
                1 => Mark::GiveUp,
                2 => Mark::RetryAfter(Duration::ZERO),
                3 => Mark::Reset,
                4 => Mark::Retry,
                _ => Mark::RetryAfter(self.dice.time(1, 1000)),
            }),
            3 if self.dice.one_in(4) => Act::Busy(self.dice.time(1, 32)),
            _ => Act::Sleep(self.dice.time(1, 1000)),
        }
    }
}
