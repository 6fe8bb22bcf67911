//! A breaker of a fleet: the members open it on the evidence of all, and one of them probes.
//!
//! The breaker goes on deciding by its own state. Here that state is told to the store, and the orders of the store are
//! carried out, as far as they are allowed: a wrong store must not shut a service out.

use std::ops::Deref;

use super::allowance::Allowance;
use crate::breaker::{CircuitBreaker, State, Stay};
use crate::fleet::error::FleetError;
use crate::fleet::part::{Asked, Part, Terms};
use crate::fleet::status::PartStatus;
use crate::fleet::store::{Answer, Script, Unreadable};
use crate::time::ticks::MILLISECOND;

/// The most calls of a window that count in a fleet.
const MOST_CALLS: u64 = 1_000_000_000;

/// The default quorum, in millionths: a tenth of the members.
pub(in crate::fleet) const QUORUM: u64 = 100_000;

/// A breaker with what is known of the fleet.
#[derive(Debug)]
pub(in crate::fleet) struct SharedBreaker<B> {
    circuit: B,
    name: String,
    /// The ratio of members whose evidence opens it, in millionths.
    quorum: u64,
    tick: u64,
    /// The number of the fleet's last change, which is odd while the fleet is open.
    change: u64,
    /// The stay that was last seen, and the end of the open time that its own evidence gave it.
    stay: Option<Stay>,
    own_end: u64,
    /// The result of probes that is still to be told.
    result: Option<ProbeResult>,
    /// The calls refused so far, and whether some were since the last answer.
    refused: u64,
    wants: bool,
    allowance: Allowance,
    /// The time from which on the fleet may close it again.
    closes_from: u64,
    members: u64,
    lost: u64,
    joined: bool,
    leaves: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProbeResult {
    Succeeded = 1,
    Failed = 2,
}

/// The own state of a member, as it tells the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    Closed = 0,
    /// Open by its own evidence, and its open time is not over.
    Evidence = 1,
    /// Open by an order, or its open time is over.
    Open = 2,
    HalfOpen = 3,
    /// Forced, disabled, or counting only.
    Forced = 4,
    Leaves = 5,
}

impl<B: Deref<Target = CircuitBreaker>> SharedBreaker<B> {
    pub(in crate::fleet) fn new(circuit: B, name: String, quorum: u64) -> Self {
        SharedBreaker {
            circuit,
            name,
            quorum,
            tick: 0,
            change: 0,
            stay: None,
            own_end: 0,
            result: None,
            refused: 0,
            wants: false,
            allowance: Allowance::default(),
            closes_from: 0,
            members: 0,
            lost: 0,
            joined: false,
            leaves: false,
        }
    }

    /// Looks at the breaker, and notes what its own calls, or an operator, have changed.
    fn look(&mut self, now: u64) -> Stay {
        let stay = self.circuit.stay(now);
        let former = self.stay.replace(stay);
        if !former.is_some_and(|former| former.same(stay)) {
            self.own_end = now.saturating_add(stay.left);
            self.allowance.end(now);
            let result = former.and_then(|former| self.probed(former.state, stay.state));
            if let Some(result) = result {
                self.ended_probes(result, now);
            }
        }
        let refused = self.circuit.counts().refused;
        self.wants |= refused != self.refused;
        self.refused = refused;
        stay
    }

    /// Returns the result of probes, if that is what changed its state while the fleet is open.
    fn probed(&self, from: State, to: State) -> Option<ProbeResult> {
        match (from, to) {
            _ if self.change % 2 == 0 => None,
            (State::Open | State::HalfOpen, State::Closed) => Some(ProbeResult::Succeeded),
            (State::Open | State::HalfOpen, State::Open) => Some(ProbeResult::Failed),
            _ => None,
        }
    }

    /// Notes a result of probes: to be told, and for how long orders to refuse are believed.
    fn ended_probes(&mut self, result: ProbeResult, now: u64) {
        self.result = Some(result);
        match result {
            ProbeResult::Failed => self.allowance.confirm(now),
            ProbeResult::Succeeded => self.allowance.doubt(now),
        }
    }

    fn own(&self, stay: Stay, now: u64) -> Own {
        match stay.state {
            _ if self.leaves => Own::Leaves,
            State::Closed => Own::Closed,
            State::Open if now < self.own_end => Own::Evidence,
            State::Open => Own::Open,
            State::HalfOpen => Own::HalfOpen,
            State::ForcedOpen | State::ForcedClosed | State::Disabled | State::MetricsOnly => {
                Own::Forced
            }
        }
    }

    /// Opens the breaker, if it may be.
    fn open(&mut self, stay: Stay, left: u64, now: u64) {
        if !self.allowance.has_open_time(now) {
            return;
        }
        let until = self.allowance.order(now, now.saturating_add(left), now);
        let opened = self.circuit.open_by_fleet(stay, until, now);
        if opened.is_none() {
            self.allowance.end(now);
        }
        self.stay = opened.or(self.stay);
        self.own_end = now;
    }

    /// Moves the end of the open time beyond the next exchanges.
    ///
    /// An open time that is over is that of a probe: its own, or one that the fleet gave it. Only a later change of
    /// the fleet begins another one.
    fn postpone(&mut self, stay: Stay, left: u64, changed: bool, now: u64) {
        if stay.left == 0 && !(changed && self.allowance.has_open_time(now)) {
            return;
        }
        let until = now.saturating_add(left);
        if until > now.saturating_add(stay.left) {
            let from = self.own_end.max(now);
            let until = self.allowance.order(from, until, now);
            self.circuit.postpone(stay, until, now);
        }
    }

    /// Ends the open time, unless it is still that of its own evidence, so that the next call probes.
    fn release(&mut self, stay: Stay, now: u64) {
        if self.own_end <= now {
            self.allowance.end(now);
            self.circuit.release(stay, now);
        }
    }

    /// Closes the breaker, if it was not closed so within an open time: evidence of its own may be newer.
    fn close(&mut self, stay: Stay, now: u64) {
        if now < self.closes_from {
            return;
        }
        if let Some(closed) = self.circuit.close_by_fleet(stay, now) {
            self.stay = Some(closed);
            self.allowance.end(now);
            self.closes_from = now.saturating_add(self.circuit.first_open_time());
        }
    }
}

impl<B: Deref<Target = CircuitBreaker> + Send> Part for SharedBreaker<B> {
    fn kind(&self) -> &'static str {
        "breaker"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn script(&self) -> Script {
        Script::Breaker
    }

    fn check(&self, terms: Terms) -> Result<(), FleetError> {
        let least = terms.tick.saturating_mul(4 * MILLISECOND);
        match self.circuit.first_open_time() < least {
            true => Err(FleetError::OpenTime {
                name: self.name.clone(),
            }),
            false => Ok(()),
        }
    }

    fn begin(&mut self, terms: Terms, now: u64) {
        self.tick = terms.tick.saturating_mul(MILLISECOND);
        self.allowance = Allowance::new(
            self.circuit.first_open_time(),
            self.circuit.longest_open_time(),
            now,
        );
        self.refused = self.circuit.counts().refused;
        self.look(now);
    }

    fn ask(&mut self, now: u64) -> Asked {
        let stay = self.look(now);
        let own = self.own(stay, now);
        let left = match own {
            Own::Evidence | Own::Open => stay.left,
            _ => self.circuit.first_open_time(),
        };
        let window = self.circuit.window(now);
        let calls = window.calls.min(MOST_CALLS);
        let (rate, minimum) = self.circuit.rate().map_or((0, 0), |(rate, minimum)| {
            (((rate * 1e6).round() as u64).max(1), minimum.into())
        });
        let numbers = vec![
            own as u64,
            self.change,
            left.div_ceil(MILLISECOND),
            calls,
            window.bad.min(calls),
            (own == Own::Open && self.wants).into(),
            self.result.map_or(0, |result| result as u64),
            self.quorum,
            rate,
            minimum,
        ];
        Asked {
            numbers,
            text: None,
        }
    }

    fn answered(&mut self, answer: &Answer, _asked: u64, now: u64) -> Result<(), Unreadable> {
        let [change, state, left, members] = answer.read()?;
        if state > 2 {
            return Err(Unreadable::Malformed);
        }
        if self.leaves {
            return Ok(());
        }
        (self.joined, self.members) = (true, members);
        (self.result, self.wants) = (None, false);
        let stay = self.look(now);
        let closes = self.change % 2 == 1 && change > self.change;
        let changed = change != self.change;
        self.change = change;
        if self.result.is_some() {
            // It has news of its own, of which the store does not know.
            return Ok(());
        }
        let left = left
            .saturating_mul(MILLISECOND)
            .saturating_add(2 * self.tick);
        let left = left.min(self.circuit.first_open_time());
        match (state, stay.state) {
            (0, State::Open | State::HalfOpen) if closes => self.close(stay, now),
            (1, State::Closed) => self.open(stay, left, now),
            (1, State::Open) => self.postpone(stay, left, changed, now),
            (2, State::Open) => self.release(stay, now),
            _ => {}
        }
        Ok(())
    }

    /// Goes on with the state that it has.
    fn alone(&mut self, _now: u64) {
        self.lost += u64::from(self.joined);
        self.joined = false;
        self.change = 0;
        self.result = None;
    }

    fn leave(&mut self) {
        self.leaves = true;
    }

    fn status(&self) -> PartStatus {
        PartStatus {
            kind: self.kind(),
            name: self.name.clone(),
            joined: self.joined,
            members: self.members,
            share: None,
            lost_leases: self.lost,
        }
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fleet::clock::now;

    fn ordered(part: &mut SharedBreaker<&CircuitBreaker>, state: u64) {
        let answer = Answer {
            numbers: vec![1, 1, state, 1_000, 2],
            text: None,
        };
        part.answered(&answer, now(), now()).unwrap();
    }

    #[test]
    fn a_probe_that_fails_is_believed_once() {
        let circuit = CircuitBreaker::new("payments")
            .consecutive(1)
            .open_for(Duration::from_secs(3_600));
        let mut part = SharedBreaker::new(&circuit, "payments".to_owned(), QUORUM);
        let terms = Terms {
            lease: 5_000,
            tick: 250,
            expected: 2,
        };
        part.begin(terms, now());
        let size = part.allowance.most();
        ordered(&mut part, 1);
        assert_eq!(circuit.state(), State::Open);
        ordered(&mut part, 2);
        circuit.try_enter().expect("the probe").failure();
        part.ask(now());
        assert_eq!(
            (part.result, part.allowance.most()),
            (Some(ProbeResult::Failed), 2 * size)
        );
        // The store has not answered, and an operator forces the breaker.
        circuit.force_open();
        part.ask(now());
        assert_eq!(
            (part.result, part.allowance.most()),
            (Some(ProbeResult::Failed), 2 * size)
        );
    }
}
