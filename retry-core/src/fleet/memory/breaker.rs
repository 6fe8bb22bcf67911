//! The rule of `lua/breaker.lua`.
//!
//! - The number of the fleet's last change is odd while the fleet is open. What a member says is evidence only if the
//!   member knows the last change: so one that has not heard of a closing does not undo it, and each change forgets
//!   earlier evidence without a look at the records.
//! - A closed fleet opens when a quorum of the members is open by their own evidence, or when the failures among the
//!   calls of all reach the rate, and a quorum has some.
//! - An open fleet whose time is over lets one member probe: one that has refused calls, or that probes already. It
//!   keeps that right for three quarters of a lease, and while it is half-open. Its result closes the fleet, or opens
//!   it again.
//! - A member that knows a later change than the store does tells it: the store was emptied, or is an older replica.
//! - A store that has heard of nobody for long *learns* for three quarters of a lease: it does not know how many
//!   members make a quorum, so that no evidence opens the fleet.
//! - A question that is older than the newest of its member changes nothing, and has no answer.
//! - Sums are made again from the records each quarter of a lease, so that a wrong one heals.

use std::collections::BTreeMap;

use super::moment::Moment;

/// The breaker of one fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FleetBreaker {
    last: u64,
    learning: u64,
    summed: u64,
    change: u64,
    until: u64,
    prober: u64,
    probing: u64,
    sums: Evidence,
    members: BTreeMap<u64, Record>,
}

/// The evidence of a member, or the sum of that of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Evidence {
    /// Whether it is open by its own evidence.
    open: u64,
    /// Whether calls of its window have failed.
    failing: u64,
    calls: u64,
    failures: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Record {
    /// The change after which it was given.
    change: u64,
    evidence: Evidence,
    expiry: u64,
    turn: u64,
}

/// The arguments of a question.
#[derive(Clone, Copy, Debug)]
struct Asked {
    lease: u64,
    turn: u64,
    own: u64,
    change: u64,
    left: u64,
    evidence: Evidence,
    wants: bool,
    result: u64,
    quorum: u64,
    rate: u64,
    minimum: u64,
}

/// The states of a member; a higher number says that it leaves.
const EVIDENCE: u64 = 1;
const OPEN: u64 = 2;
const HALF_OPEN: u64 = 3;
const LEAVES: u64 = 5;

/// The longest open time, in milliseconds: thirty days.
const LONGEST: u64 = 2_592_000_000;

/// A number of changes that no fleet reaches, and that is exact in Lua.
const LAST_CHANGE: u64 = 1 << 40;

impl FleetBreaker {
    /// Answers a member: protocol, last change, state (0 closed, 1 open, 2 the member probes), the time left, members.
    pub(super) fn answer(&mut self, member: u64, arguments: &[u64; 12], now: Moment) -> Vec<u64> {
        let asked = Asked::of(arguments);
        let newest = self.members.get(&member).map_or(0, |record| record.turn);
        if asked.turn < newest {
            return vec![1];
        }
        self.refresh(asked.lease / 4, now);
        self.learn(asked, now);
        self.record(member, asked, now);
        let members = self.members.len() as u64;
        if self.change % 2 == 0 && self.learning <= now && self.is_evident(asked, members) {
            self.turn(self.change + 1);
            self.until = now + asked.left;
        }
        let (state, left) = self.state(member, asked, now);
        self.last = now;
        vec![1, self.change, state, left, members]
    }

    /// Begins to learn after a silence, bounds what it reads, and makes the sums again when they are old.
    fn refresh(&mut self, quarter: u64, now: Moment) {
        let life = 3 * quarter;
        if now < self.last || now - self.last > quarter {
            self.learning = now + life;
        }
        if self.learning > now + 4 * life {
            self.learning = 0;
        }
        if self.probing > now + 4 * life {
            self.probing = 0;
        }
        if self.until > now + LONGEST {
            self.until = 0;
        }
        if self.change > LAST_CHANGE {
            self.turn(0);
        }
        if now < self.summed || now - self.summed > quarter {
            self.scan(life, now);
        }
    }

    /// Forgets members that are over, and makes the sums.
    fn scan(&mut self, life: u64, now: Moment) {
        self.members
            .retain(|_, record| record.expiry > now && record.expiry <= now + 4 * life);
        self.sums = Evidence::default();
        for record in self.members.values() {
            if record.change == self.change {
                self.sums.add(record.evidence);
            }
        }
        self.summed = now;
    }

    /// Learns of a change that the member knows, and of the result of its probes.
    fn learn(&mut self, asked: Asked, now: Moment) {
        if asked.change > self.change {
            self.turn(asked.change);
            let open = matches!(asked.own, EVIDENCE | OPEN);
            self.until = if open { now + asked.left } else { now };
        }
        if asked.change == self.change && self.change % 2 == 1 {
            match asked.result {
                1 => self.turn(self.change + 1),
                2 => {
                    self.turn(self.change + 2);
                    self.until = now + asked.left;
                }
                _ => {}
            }
        }
    }

    /// Makes a change, which forgets the evidence and the prober.
    fn turn(&mut self, change: u64) {
        self.change = change;
        self.sums = Evidence::default();
        self.probing = 0;
    }

    /// Replaces the evidence of the member.
    fn record(&mut self, member: u64, asked: Asked, now: Moment) {
        let former = self.members.remove(&member).unwrap_or_default();
        if former.change == self.change {
            self.sums.subtract(former.evidence);
        }
        if asked.own >= LEAVES {
            if self.prober == member {
                self.probing = 0;
            }
            return;
        }
        let evidence = match asked.change == self.change {
            true => asked.evidence,
            false => Evidence::default(),
        };
        self.sums.add(evidence);
        let record = Record {
            change: self.change,
            evidence,
            expiry: now + 3 * (asked.lease / 4),
            turn: asked.turn,
        };
        self.members.insert(member, record);
    }

    /// Returns whether the evidence of all opens the fleet.
    fn is_evident(&self, asked: Asked, members: u64) -> bool {
        let quorum = (asked.quorum * members).div_ceil(1_000_000).max(1);
        let Evidence {
            open,
            failing,
            calls,
            failures,
        } = self.sums;
        // As Lua computes, in binary floating point.
        let reached = failures as f64 * 1e6 >= asked.rate as f64 * calls as f64;
        open >= quorum || asked.rate > 0 && calls >= asked.minimum && failing >= quorum && reached
    }

    /// Returns the state for the member, and the time left.
    fn state(&mut self, member: u64, asked: Asked, now: Moment) -> (u64, u64) {
        if self.change % 2 == 0 {
            return (0, 0);
        }
        if self.until > now {
            return (1, self.until - now);
        }
        let taken = self.probing > now;
        let mine = taken && self.prober == member;
        let takes = !taken && asked.wants;
        if takes || asked.own == HALF_OPEN && (mine || !taken) {
            (self.prober, self.probing) = (member, now + 3 * (asked.lease / 4));
        }
        if self.probing > now && self.prober == member {
            return (2, 0);
        }
        (1, self.probing.saturating_sub(now))
    }
}

impl Asked {
    fn of(arguments: &[u64; 12]) -> Self {
        let &[
            lease,
            turn,
            own,
            change,
            left,
            calls,
            failures,
            wants,
            result,
            quorum,
            rate,
            minimum,
        ] = arguments;
        Asked {
            lease,
            turn,
            own,
            change: if change > LAST_CHANGE { 0 } else { change },
            left: left.min(LONGEST),
            evidence: Evidence {
                open: (own == EVIDENCE).into(),
                failing: (failures > 0).into(),
                calls,
                failures,
            },
            wants: wants > 0 && own < LEAVES,
            result,
            quorum,
            rate,
            minimum,
        }
    }
}

impl Evidence {
    fn add(&mut self, other: Evidence) {
        self.open += other.open;
        self.failing += other.failing;
        self.calls += other.calls;
        self.failures += other.failures;
    }

    fn subtract(&mut self, other: Evidence) {
        self.open = self.open.saturating_sub(other.open);
        self.failing = self.failing.saturating_sub(other.failing);
        self.calls = self.calls.saturating_sub(other.calls);
        self.failures = self.failures.saturating_sub(other.failures);
    }
}
