//! The trace of a program: every event, its time, and the state of the shared parts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::{StopReason, Verdict};

use crate::guard_simulation::clock::Clock;
use crate::guard_simulation::program::Fault;

/// The result of a body. Its value records its drop.
pub(crate) type Outcome = Result<Value, Fault>;

/// The maximal number of calls of a task.
const CALLS: usize = 10_000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) at: Duration,
    pub(crate) run: usize,
    pub(crate) event: Event,
    pub(crate) shared: Option<Shared>,
}

impl Entry {
    pub(crate) fn task(&self) -> usize {
        self.run / CALLS
    }

    /// Returns whether something was dropped.
    pub(crate) fn is_drop(&self) -> bool {
        matches!(self.event, Event::Over { .. } | Event::Released { .. })
    }

    /// Returns whether it is an act of the call itself.
    pub(crate) fn is_act(&self) -> bool {
        !self.is_drop() && !matches!(self.event, Event::Late { .. })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    /// A body begins, which may be that of a copy.
    Body {
        nth: usize,
        attempt: u32,
        remaining: Option<Duration>,
    },
    /// A body ended, or was dropped.
    Over {
        nth: usize,
    },
    /// The value of a body was dropped.
    Released {
        nth: usize,
    },
    Callback(&'static str, Seen),
    Fallback {
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
        outcome: Result<u8, Fault>,
    },
    Returned {
        outcome: Result<u8, Fault>,
        attempts: u32,
        elapsed: Duration,
        idle: Duration,
        reason: Option<StopReason>,
    },
    /// A panic was caught around the call.
    Caught,
    /// In the model alone: a call started later after a wait for its breaker than the rule allows.
    Late {
        by: Duration,
        most: Duration,
    },
    /// The statistics at the end.
    End {
        calls: u64,
        attempts: u64,
        retries: u64,
        succeeded: u64,
        failed: u64,
        idle: Duration,
        asleep: u64,
    },
}

/// The state that a callback sees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) attempt: u32,
    pub(crate) elapsed: Duration,
    pub(crate) idle: Duration,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) pause: Option<Duration>,
    pub(crate) reason: Option<StopReason>,
    pub(crate) outcome: Option<Result<u8, Fault>>,
}

/// The state of the breakers and budgets at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shared {
    /// Each breaker with its failures and its ignored calls.
    pub(crate) breakers: Vec<(State, u64, u64)>,
    /// Each budget with the retries left, granted and refused.
    pub(crate) budgets: Vec<(u64, u64, u64)>,
}

/// A log of all events, in order.
#[derive(Debug)]
pub(crate) struct Log {
    entries: RefCell<Vec<Entry>>,
    runs: RefCell<HashMap<usize, usize>>,
    pub(crate) clock: Clock,
}

impl Log {
    pub(crate) fn new(clock: Clock) -> Rc<Self> {
        Rc::new(Log {
            entries: RefCell::default(),
            runs: RefCell::default(),
            clock,
        })
    }

    /// Returns the number of the next call of a task.
    pub(crate) fn run(&self, task: usize) -> usize {
        let mut runs = self.runs.borrow_mut();
        let next = runs.entry(task).or_insert(task * CALLS);
        *next += 1;
        *next
    }

    pub(crate) fn write(&self, run: usize, event: Event, shared: Option<Shared>) {
        let at = self.clock.now();
        self.entries.borrow_mut().push(Entry {
            at,
            run,
            event,
            shared,
        });
    }

    /// Returns the number of visible acts of a call.
    pub(crate) fn seen_of(&self, run: usize) -> usize {
        let entries = self.entries.borrow();
        entries
            .iter()
            .filter(|it| it.run == run && it.is_act())
            .count()
    }

    pub(crate) fn take(&self) -> Vec<Entry> {
        let mut entries = self.entries.take();
        // The order in which several copies are dropped is irrelevant.
        let mut from = 0;
        while from < entries.len() {
            let to = from + entries[from..].iter().take_while(|it| it.is_drop()).count();
            entries[from..to].sort_by_key(|entry| match entry.event {
                Event::Over { nth } => (entry.at, entry.run, 0, nth),
                Event::Released { nth } => (entry.at, entry.run, 1, nth),
                _ => (entry.at, entry.run, 2, 0),
            });
            from = to + 1;
        }
        entries
    }
}

/// A running body.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) log: Rc<Log>,
    pub(crate) run: usize,
    pub(crate) nth: usize,
}

impl Running {
    /// Returns its result.
    pub(crate) fn outcome(&self, outcome: Result<u8, Fault>) -> Outcome {
        outcome.map(|kind| Value {
            kind,
            _held: Some(Held {
                log: Rc::clone(&self.log),
                run: self.run,
                nth: self.nth,
            }),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.log
            .write(self.run, Event::Over { nth: self.nth }, None);
    }
}

/// A value that holds a guard until it is dropped.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) kind: u8,
    _held: Option<Held>,
}

impl Value {
    pub(crate) fn fallen_back() -> Self {
        Value {
            kind: 200,
            _held: None,
        }
    }
}

#[derive(Debug)]
struct Held {
    log: Rc<Log>,
    run: usize,
    nth: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.log
            .write(self.run, Event::Released { nth: self.nth }, None);
    }
}

pub(crate) fn kind(outcome: &Outcome) -> Result<u8, Fault> {
    match outcome {
        Ok(value) => Ok(value.kind),
        Err(fault) => Err(*fault),
    }
}
