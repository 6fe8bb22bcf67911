//! A simulation: calls by the real engine, in virtual time.

use std::collections::VecDeque;
use std::time::Duration;

use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{Interrupt, Next, Policy};
use slab::Slab;

use crate::arrivals::Arrivals;
use crate::call::{Answer, Call, Fault, Pending};
use crate::fleet::{Fleet, MEMBER};
use crate::process::Process;
use crate::queue::Queue;
use crate::random::Random;
use crate::report::Report;
use crate::scenario::Scenario;
use crate::server::{Said, Server};
use crate::span::Span;
use crate::tally::Tally;

/// The limit of a run until its last call has ended, as a multiple of the duration.
const PATIENCE: u64 = 10;

/// The most that a run may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) requests: u64,
    /// Calls at the same time.
    pub(crate) in_flight: usize,
}

impl Bounds {
    /// Some minutes of work, and some gigabytes.
    pub(crate) const COMMAND: Bounds = Bounds {
        requests: 1_000_000_000,
        in_flight: 10_000_000,
    };
}

/// Runs a scenario, with a policy for each process.
///
/// Calls begin until the scenario's duration is over, and have ten times as long to end.
///
/// # Errors
///
/// If it takes more than `bounds`.
pub(crate) fn run<P: Policy<Answer>>(
    scenario: &Scenario,
    bounds: &Bounds,
    processes: &[Process],
    policies: &[P],
) -> Result<Report, String> {
    let clock = VirtualClock::new();
    let scope = Scope::new().clock(&clock).seed(scenario.seed);
    scope.run(|| Simulation::new(scenario, bounds, processes, policies, clock).run())
}

struct Simulation<'p, P: Policy<Answer>> {
    scenario: &'p Scenario,
    bounds: &'p Bounds,
    processes: &'p [Process],
    policies: &'p [P],
    clock: VirtualClock,
    server: Server,
    calls: Slab<Call<'p, P>>,
    queue: Queue,
    /// The calls that wait for a place of a bulkhead, in order.
    in_line: VecDeque<usize>,
    fleet: Option<Fleet>,
    tally: Tally,
}

impl<'p, P: Policy<Answer>> Simulation<'p, P> {
    fn new(
        scenario: &'p Scenario,
        bounds: &'p Bounds,
        processes: &'p [Process],
        policies: &'p [P],
        clock: VirtualClock,
    ) -> Self {
        let mut queue = Queue::default();
        Simulation {
            scenario,
            bounds,
            processes,
            policies,
            clock,
            fleet: Fleet::new(scenario, processes, &mut queue),
            server: Server::new(scenario, Random::new(scenario.seed ^ 1)),
            calls: Slab::new(),
            queue,
            in_line: VecDeque::new(),
            tally: Tally::new(scenario),
        }
    }

    fn run(mut self) -> Result<Report, String> {
        let horizon = self.scenario.duration.0.saturating_mul(PATIENCE);
        let mut arrivals =
            Arrivals::new(self.scenario, Random::new(self.scenario.seed ^ 2)).peekable();
        loop {
            let arrival = arrivals.peek().map(|(at, _)| *at);
            let event = self.queue.next_at();
            let Some(now) = arrival.into_iter().chain(event).min() else {
                break;
            };
            if now > horizon || (arrival.is_none() && self.calls.is_empty()) {
                break;
            }
            self.clock.advance_to(Duration::from_nanos(now));
            if event == Some(now) {
                let (_, subject) = self.queue.pop().expect("it was seen");
                match &mut self.fleet {
                    Some(fleet) if subject & MEMBER != 0 => {
                        let next = fleet.happen(subject, now);
                        self.queue.push(next, subject);
                    }
                    _ => self.happen(subject as usize, now),
                }
            } else if let Some((_, client)) = arrivals.next() {
                self.begin(client, now);
            }
            self.bound(now)?;
        }
        self.tally.questions = self.fleet.map_or(0, |fleet| fleet.questions);
        Ok(Report::new(self.scenario, self.tally))
    }

    /// Refuses what would take hours, or more memory than the machine has.
    fn bound(&self, now: u64) -> Result<(), String> {
        let Bounds {
            requests,
            in_flight,
        } = self.bounds;
        let (much, advice) = if self.tally.requests > *requests {
            (
                format!("{requests} requests were sent"),
                "write a longer policy.wait",
            )
        } else if self.calls.len() > *in_flight {
            (
                format!("{in_flight} calls are in flight"),
                "write a nearer policy.stop",
            )
        } else {
            return Ok(());
        };
        let at = Span(now);
        Err(format!(
            "{much} after {at} of simulated time, more than a run has room for; lower clients.count, or {advice}"
        ))
    }

    fn begin(&mut self, client: u32, now: u64) {
        self.tally.begun(now);
        let process = client as usize % self.policies.len();
        let policy = &self.policies[process];
        let id = self.calls.insert(Call::new(policy, process as u32, now));
        self.attempt(id, now);
    }

    /// Sends a request, unless the guards of the policy refuse.
    fn attempt(&mut self, id: usize, now: u64) {
        let call = &mut self.calls[id];
        if let Err(interrupt) = call.steps.admit() {
            if call.steps.waits() {
                call.pending = Pending::Retry;
                return self.wait(id, interrupt, now);
            }
            let next = call.steps.cut(interrupt, &Err(interrupt.into()));
            return self.follow(id, next, now);
        }
        let _ = call.steps.attempt();
        let limit = call.steps.limit();
        self.tally.requested(now, call.first);
        if self.processes[call.process as usize].probes() {
            self.tally.probed(now);
        }
        let reply = self.server.request(now);
        if let Some(at) = call.await_reply(reply, limit, now) {
            self.queue.push(at, id as u32);
        }
    }

    /// The next event of a call.
    fn happen(&mut self, id: usize, now: u64) {
        let call = &mut self.calls[id];
        let next = match call.pending {
            Pending::Retry => return self.attempt(id, now),
            Pending::Answer(Said::Good) => call.steps.next(&Ok(())),
            Pending::Answer(Said::Bad) => call.steps.next(&Err(Fault::Refused)),
            Pending::Answer(Said::Throttled(until)) => {
                self.tally.throttled += 1;
                let time = Duration::from_nanos(until.saturating_sub(now));
                call.steps.next(&Err(Fault::Throttled(time)))
            }
            Pending::Cut(interrupt) => call.steps.cut(interrupt, &Err(interrupt.into())),
        };
        self.follow(id, next, now);
        self.serve_line(now);
    }

    /// Lets those in line ask for the place that an attempt has given back, until one finds none.
    fn serve_line(&mut self, now: u64) {
        while let Some(next) = self.in_line.pop_front() {
            let behind = self.in_line.len();
            self.attempt(next, now);
            if self.in_line.len() > behind {
                self.in_line.rotate_right(1);
                return;
            }
        }
    }

    /// Waits for a permit by time, or for a place until an attempt ends.
    ///
    /// In a fleet the pace changes while calls wait, which wakes them; here they look again in time.
    fn wait(&mut self, id: usize, interrupt: Interrupt, now: u64) {
        let longest = self.fleet.as_ref().map_or(u64::MAX, Fleet::every);
        match interrupt {
            Interrupt::RateLimited {
                retry_after: Some(pause),
            }
            | Interrupt::CircuitOpen {
                retry_after: Some(pause),
            } => {
                let pause = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
                self.queue
                    .push(now.saturating_add(pause.min(longest)), id as u32);
            }
            _ => self.in_line.push_back(id),
        }
    }

    /// Pauses, or ends the call.
    fn follow(&mut self, id: usize, next: Next, now: u64) {
        let call = &mut self.calls[id];
        match (next, call.steps.reason()) {
            (Next::Sleep(pause), _) => {
                call.first = false;
                call.pending = Pending::Retry;
                let pause = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
                self.queue.push(now.saturating_add(pause), id as u32);
                return;
            }
            (Next::Return, None) => self.tally.succeeded(call.begun, now, call.first),
            (Next::Return, Some(reason)) => self.tally.gave_up(reason, now),
        }
        self.calls.remove(id);
    }
}
