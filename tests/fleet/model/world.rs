//! Processes, their store, and all that can happen to them.

use std::collections::VecDeque;
use std::fmt;

use persevere::fleet::engine::{Part, Question, Script, Store, Terms};

use super::Scenario;
use super::process::{Process, TOTAL};

/// Milliseconds: the shortest lease for a tick of one.
pub(super) const LEASE: u64 = 8;

/// The time for which a store remembers a silent member.
pub(super) const LIFE: u64 = LEASE * 3 / 4;

/// Copies of the store that are behind by as many ticks.
const COPIES: usize = 3;

/// A choice among the faults.
pub(super) type Menu = fn(Act) -> bool;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Tick,
    /// A question leaves.
    Ask(usize),
    /// It arrives, and is answered.
    Receive(usize),
    /// The answer arrives.
    Hear(usize),
    /// The first two at once.
    AskAndReceive(usize),
    GiveUp(usize),
    ReceiveLate(usize),
    EndCalls(usize),
    /// Its calls become few.
    Calm(usize),
    Run,
    // Faults.
    Start(usize),
    Lose(usize),
    Slow(usize),
    Kill(usize),
    Leave(usize),
    Stop,
    Empty,
    FailOver(usize),
}

#[derive(Clone, Debug, Hash)]
pub(super) struct World {
    now: u64,
    end: u64,
    store: Store,
    running: bool,
    /// Older copies of the store, the oldest first.
    copies: VecDeque<Store>,
    processes: Vec<Process>,
    faults: u32,
    changes: u32,
    lasting: bool,
    menu: Menu,
}

impl World {
    /// Creates a fleet that has run for two leases.
    pub(super) fn new(scenario: Scenario) -> Self {
        let terms = Terms {
            lease: LEASE,
            tick: 1,
            expected: scenario.processes as u32,
        };
        let process = |at| {
            let demand = TOTAL / (1 + at as u64);
            Process::new(terms, demand, scenario.lasting)
        };
        let mut world = World {
            now: 1_000,
            end: 1_000 + 2 * LEASE + scenario.ticks,
            store: Store::default(),
            running: true,
            copies: VecDeque::new(),
            processes: (0..scenario.processes).map(process).collect(),
            faults: scenario.faults,
            changes: scenario.changes,
            lasting: scenario.lasting,
            menu: scenario.menu,
        };
        for process in &mut world.processes[scenario.joining..] {
            process.living = true;
        }
        world.calm(2 * LEASE);
        if world.is_on_menu(Act::FailOver(0)) {
            world.copies = std::iter::repeat_n(world.store.clone(), COPIES).collect();
        }
        world
    }

    /// Goes on for some time without a failure.
    fn calm(&mut self, ticks: u64) {
        for _ in 0..ticks {
            self.act(Act::Tick);
            for at in 0..self.processes.len() {
                if self.processes[at].living {
                    self.act(Act::EndCalls(at));
                    self.act(Act::AskAndReceive(at));
                    self.act(Act::Hear(at));
                }
            }
        }
    }

    fn is_on_menu(&self, act: Act) -> bool {
        (self.menu)(act)
    }

    /// Returns all that can happen next.
    pub(super) fn acts(&self) -> Vec<Act> {
        let mut acts = Vec::new();
        for at in 0..self.processes.len() {
            self.acts_of(at, &mut acts);
        }
        if self.running {
            acts.extend([Act::Stop, Act::Empty]);
            acts.extend((0..self.copies.len()).map(Act::FailOver));
        } else {
            acts.push(Act::Run);
        }
        let waits = self.processes.iter().all(|process| {
            let done = process.answer.is_none() && process.due > self.now;
            done || !process.living || process.slow || !self.running
        });
        if waits && self.now < self.end {
            acts.push(Act::Tick);
        }
        acts.retain(|act| match self.is_fault(*act) {
            true => self.faults > 0 && self.is_on_menu(*act),
            false => true,
        });
        acts
    }

    fn is_fault(&self, act: Act) -> bool {
        use Act::{Empty, FailOver, Kill, Leave, Lose, Slow, Start, Stop};
        matches!(
            act,
            Start(_) | Lose(_) | Slow(_) | Kill(_) | Leave(_) | Stop | Empty | FailOver(_)
        )
    }

    fn acts_of(&self, at: usize, acts: &mut Vec<Act>) {
        let process = &self.processes[at];
        if process.late.is_some() && self.running {
            acts.push(Act::ReceiveLate(at));
        }
        if !process.living {
            if process.heard == 0 {
                acts.push(Act::Start(at));
            }
            return;
        }
        match (&process.question, &process.answer) {
            (None, None) if process.asked < self.now => acts.push(match process.slow {
                true => Act::Ask(at),
                false => Act::AskAndReceive(at),
            }),
            (None, None) => {}
            (Some(_), _) => acts.extend([Act::Receive(at), Act::Lose(at)]),
            (_, Some(_)) => acts.extend([Act::Hear(at), Act::Lose(at)]),
        }
        acts.retain(|act| self.running || !matches!(act, Act::AskAndReceive(_) | Act::Receive(_)));
        let busy = process.question.is_some() || process.answer.is_some();
        if busy && self.now >= process.asked + LEASE / 4 {
            acts.push(Act::GiveUp(at));
        }
        acts.push(Act::Kill(at));
        if process.asked < self.now {
            acts.push(Act::Leave(at));
        }
        if !process.slow {
            acts.push(Act::Slow(at));
        }
        if self.lasting {
            acts.push(Act::EndCalls(at));
        }
        if self.changes > 0 && at == 0 {
            acts.push(Act::Calm(at));
        }
    }

    pub(super) fn act(&mut self, act: Act) {
        let now = self.now;
        self.faults -= u32::from(self.is_fault(act));
        match act {
            Act::Tick => self.tick(),
            Act::Ask(at) => self.processes[at].ask(now),
            Act::Receive(at) => {
                let question = self.processes[at].question.take().expect("a question");
                self.processes[at].answer = Some(self.answer(at, question));
            }
            Act::AskAndReceive(at) => {
                self.act(Act::Ask(at));
                self.act(Act::Receive(at));
            }
            Act::Hear(at) => {
                // Two exchanges of every other, or a lease where one of them takes its time.
                let slow = self.processes.iter().any(|process| process.slow);
                let settled = now + if slow { LEASE } else { 2 };
                self.processes[at].hear(now, settled);
            }
            Act::GiveUp(at) => {
                self.processes[at].late = self.processes[at].question.take();
                self.processes[at].give_up(now);
            }
            Act::ReceiveLate(at) => {
                let question = self.processes[at].late.take().expect("a late question");
                self.answer(at, question);
                self.processes[at].forget();
            }
            Act::EndCalls(at) => self.processes[at].end_calls(),
            Act::Calm(at) => {
                self.changes -= 1;
                let demand = &mut self.processes[at].share.limit_mut().demand;
                *demand = TOTAL - *demand;
            }
            Act::Run => {
                self.running = true;
                for process in &mut self.processes {
                    process.due = now + LEASE / 4;
                }
            }
            Act::Start(at) => self.processes[at].living = true,
            Act::Lose(at) => self.processes[at].give_up(now),
            Act::Slow(at) => self.processes[at].slow = true,
            Act::Kill(at) => {
                let process = &mut self.processes[at];
                process.living = false;
                (process.late, process.answer) = (process.question.take(), None);
            }
            Act::Leave(at) => {
                self.processes[at].share.leave();
                self.act(Act::AskAndReceive(at));
                self.processes[at].living = false;
                self.processes[at].answer = None;
            }
            Act::Stop => self.running = false,
            Act::Empty => self.store.empty(),
            Act::FailOver(at) => {
                self.store = self.copies[at].clone();
                for process in &mut self.processes {
                    process.forget();
                    // The exchange of this tick may have been before.
                    process.settled = now + 3;
                }
            }
        }
    }

    fn tick(&mut self) {
        self.now += 1;
        if self.copies.pop_front().is_some() {
            self.copies.push_back(self.store.clone());
        }
        for process in self.processes.iter_mut().filter(|process| process.living) {
            if process.heard + LIFE <= self.now {
                process.forget();
            }
            if process.settled <= self.now {
                process.unknown = 0;
            }
        }
    }

    fn answer(&mut self, at: usize, numbers: Vec<u64>) -> Vec<u64> {
        let question = Question {
            script: Script::Share,
            key: String::new(),
            member: at as u64,
            numbers,
            text: None,
        };
        self.processes[at].heard = self.now;
        let answer = self.store.answer(&question, self.now);
        answer.expect("an answer").numbers
    }

    /// Returns what the living use.
    pub(super) fn used(&self) -> u64 {
        let living = self.processes.iter().filter(|process| process.living);
        living.map(|process| process.share.held()).sum()
    }

    /// Says whether more is in use than the limit, and what the store may not know of.
    pub(super) fn check(&self) -> Result<(), String> {
        let living = self.processes.iter().filter(|process| process.living);
        let unknown: u64 = living.map(|process| process.unknown).sum();
        match self.used() {
            used if used > TOTAL + unknown => Err(format!("{used} > {TOTAL} + {unknown}")),
            _ => Ok(()),
        }
    }

    /// Says whether the limit is in use, and no more, after three leases without a failure.
    pub(super) fn settles(&self) -> Result<(), String> {
        let mut world = self.clone();
        world.running = true;
        for process in &mut world.processes {
            process.give_up(world.now);
            process.late = None;
        }
        world.calm(3 * LEASE);
        let least = match world.processes.iter().any(|process| process.living) {
            true => TOTAL * 9 / 10,
            false => 0,
        };
        match world.used() {
            used if (least..=TOTAL).contains(&used) => Ok(()),
            used => Err(format!("{used} are in use after three leases: {world:#?}")),
        }
    }
}

/// Shows the time, and the shares.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.now)?;
        for process in &self.processes {
            write!(f, " {} + {}", process.share.held(), process.unknown)?;
        }
        Ok(())
    }
}
