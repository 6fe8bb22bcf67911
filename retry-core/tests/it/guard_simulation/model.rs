//! A model of a program: the same calls written out by hand, with nothing of the crate.
//!
//! It keeps everything and is never clever. Where chance decides, it computes the bounds, and takes the drawn
//! values from the trace of the real calls.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use persevere_core::StopReason;

use crate::guard_simulation::clock::Clock;
use crate::guard_simulation::program::{Call, Fault, Mark, Program};
use crate::guard_simulation::tasks::{Boom, Boxed};
use crate::guard_simulation::trace::{Entry, Event, Log, Outcome, Shared, kind};

mod admission;
mod attempt;
mod breaker;
mod budget;
mod call;
mod pause;
mod ratio;
mod verdict;

use breaker::Breaker;
use budget::Budget;

pub(crate) struct Model {
    program: Rc<Program>,
    pub(crate) log: Rc<Log>,
    breakers: Vec<Rc<RefCell<Breaker>>>,
    budgets: Vec<Rc<RefCell<Budget>>>,
    stats: RefCell<Stats>,
    told: Told,
}

/// Counters of the statistics.
#[derive(Debug, Default)]
struct Stats {
    calls: u64,
    attempts: u64,
    retries: u64,
    succeeded: u64,
    failed: u64,
    idle: Duration,
}

/// Decisions of the real calls that chance determines.
struct Told {
    /// The pause after an attempt of a call.
    pauses: HashMap<(usize, u32), Duration>,
    /// The reason for which a call gave up.
    reasons: HashMap<usize, StopReason>,
    /// The time of each visible act of a call, and the reason if the act was giving up.
    seen: HashMap<usize, Vec<(Duration, Option<StopReason>)>>,
}

impl Told {
    fn new(entries: &[Entry]) -> Self {
        let mut told = Told {
            pauses: HashMap::new(),
            reasons: HashMap::new(),
            seen: HashMap::new(),
        };
        for entry in entries.iter().filter(|entry| entry.is_act()) {
            let reason = match entry.event {
                Event::Callback(_, seen) => seen.reason,
                _ => None,
            };
            let seen = told.seen.entry(entry.run).or_default();
            seen.push((entry.at, reason));
            if let Event::Callback("before_sleep", seen) = entry.event {
                let pause = seen.pause.unwrap_or_default();
                told.pauses.insert((entry.run, seen.attempt), pause);
            }
            if let Some(reason) = reason {
                told.reasons.insert(entry.run, reason);
            }
        }
        told
    }

    /// Returns the next visible act of a call after the first `seen` ones.
    fn next(&self, run: usize, seen: usize) -> Option<(Duration, Option<StopReason>)> {
        self.seen.get(&run)?.get(seen).copied()
    }
}

/// The part of a call that is visible to the calls inside it.
#[derive(Clone, Debug, Default)]
struct View {
    deadline: Option<Duration>,
    budgets: Vec<usize>,
}

/// A place in which a call runs.
#[derive(Clone)]
struct Place {
    task: usize,
    outer: Option<Rc<View>>,
}

/// Marks of a body.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    wish: Option<Mark>,
    reset: bool,
}

/// The end of a call.
struct Ended {
    outcome: Outcome,
    attempts: u32,
    elapsed: Duration,
    idle: Duration,
    reason: Option<StopReason>,
}

impl Model {
    pub(crate) fn new(program: &Rc<Program>, clock: Clock, seen: &[Entry]) -> Self {
        let shared = |plan: &_| Rc::new(RefCell::new(Breaker::new(Clone::clone(plan))));
        let budgets = program.budgets.iter();
        Model {
            program: Rc::clone(program),
            log: Log::new(clock),
            breakers: program.breakers.iter().map(shared).collect(),
            budgets: budgets
                .map(|plan| Rc::new(RefCell::new(Budget::new(*plan))))
                .collect(),
            stats: RefCell::default(),
            told: Told::new(seen),
        }
    }

    fn now(&self) -> Duration {
        self.log.clock.now()
    }

    fn shared(&self) -> Shared {
        let breaker = |it: &Rc<RefCell<Breaker>>| {
            let it = it.borrow();
            (it.shown(self.now()), it.failures, it.ignored)
        };
        let budget = |it: &Rc<RefCell<Budget>>| {
            let it = it.borrow();
            (it.available(self.now()), it.granted, it.refused)
        };
        Shared {
            breakers: self.breakers.iter().map(breaker).collect(),
            budgets: self.budgets.iter().map(budget).collect(),
        }
    }

    /// Writes the statistics at the end, when no call sleeps.
    pub(crate) fn end(&self) {
        let stats = self.stats.take();
        self.write(
            usize::MAX,
            Event::End {
                calls: stats.calls,
                attempts: stats.attempts,
                retries: stats.retries,
                succeeded: stats.succeeded,
                failed: stats.failed,
                idle: stats.idle,
                asleep: 0,
            },
        );
    }

    fn write(&self, run: usize, event: Event) {
        self.log.write(run, event, Some(self.shared()));
    }

    pub(crate) async fn task(&self, number: usize) {
        let place = Place {
            task: number,
            outer: None,
        };
        let calls = self.program.tasks[number]
            .calls
            .iter()
            .map(|call| self.call(place.clone(), call));
        let _ = all(calls.collect()).await;
    }

    fn call<'m>(&'m self, place: Place, call: &'m Call) -> Boxed<'m, Result<Outcome, Boom>> {
        Box::pin(async move {
            let run = self.log.run(place.task);
            let ended = match self.attempts(place, run, call).await {
                Ok(ended) => ended,
                Err(Boom) if call.caught => {
                    self.write(run, Event::Caught);
                    return Ok(Err(Fault::Broken));
                }
                Err(boom) => return Err(boom),
            };
            self.write(
                run,
                Event::Returned {
                    outcome: kind(&ended.outcome),
                    attempts: ended.attempts,
                    elapsed: ended.elapsed,
                    idle: ended.idle,
                    reason: ended.reason,
                },
            );
            Ok(ended.outcome)
        })
    }
}

/// Awaits all futures. The first panic drops the others.
async fn all<T>(mut futures: Vec<Boxed<'_, Result<T, Boom>>>) -> Result<(), Boom> {
    let mut over = vec![false; futures.len()];
    std::future::poll_fn(|cx| {
        for (future, over) in futures.iter_mut().zip(&mut over) {
            if *over {
                continue;
            }
            match future.as_mut().poll(cx) {
                std::task::Poll::Ready(Err(boom)) => return std::task::Poll::Ready(Err(boom)),
                std::task::Poll::Ready(Ok(_)) => {
                    *over = true;
                    *future = Box::pin(std::future::pending());
                }
                std::task::Poll::Pending => {}
            }
        }
        match over.iter().all(|over| *over) {
            true => std::task::Poll::Ready(Ok(())),
            false => std::task::Poll::Pending,
        }
    })
    .await
}
