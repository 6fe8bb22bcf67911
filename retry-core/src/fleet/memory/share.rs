//! The rule of `lua/share.lua`.
//!
//! It is a lease of capacity, as in Doorman, a cooperative rate limiter of YouTube: each member holds a share of the
//! whole limit, and all that is held is never more than the whole.
//!
//! - A share that is to shrink is the member's until the member says that it uses less. A share that is to grow grows
//!   only by what nobody holds.
//! - The target is the member's demand, and an even part of what nobody demands. Where the members demand more than the
//!   whole, it is the member's part of all demand. A twentieth of the limit is divided evenly before, or the smallest
//!   useful share for each where these are no more than half of the limit: a member without demand has something for
//!   its first calls.
//! - One more unit is a member's while others are free, since the targets are rounded down. The last free one is for
//!   members below their targets. Where nothing is free, those above theirs give back.
//! - A member that is silent for three quarters of a lease is forgotten. Its share is free then. So long are a tick, a
//!   silence of the store in which it does not learn, and the pause after a failure. No share grows by an older answer.
//! - A store that knows nothing, or that has heard of nobody for long, *learns* for one lease: it was stopped, emptied,
//!   or is the replica of another one. No share grows meanwhile, since others may hold what it does not know. So it is
//!   after a member that holds more than was recorded.
//! - A question that is older than the newest of its member changes nothing, and has no answer. One that a client for
//!   clusters repeats has the same answer again.
//! - A member that leaves is forgotten at once.
//! - Members may have other settings, as in a rolling deploy: leases up to four times as long, and other limits. Where
//!   others hold more than the whole limit of a member, it has an even part of its own nevertheless.
//! - Sums are made again from the records each quarter of a lease, so that a wrong one heals.

use std::collections::BTreeMap;

use super::moment::Moment;

/// The shares of one limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Shares {
    last: u64,
    learning: u64,
    summed: u64,
    held: u64,
    demand: u64,
    hold: u64,
    members: BTreeMap<u64, Record>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Record {
    held: u64,
    demand: u64,
    expiry: u64,
    turn: u64,
}

/// The arguments of a question.
#[derive(Clone, Copy, Debug)]
struct Asked {
    lease: u64,
    total: u64,
    least: u64,
    held: u64,
    demand: u64,
    hold: u64,
}

/// The longest hold, in milliseconds: an hour.
const LONGEST: u64 = 3_600_000;

impl Shares {
    /// Answers a member: protocol, share, members, whether it learns, whether the member was known, the rest of a hold.
    pub(super) fn answer(&mut self, member: u64, arguments: &[u64; 8], now: Moment) -> Vec<u64> {
        let &[lease, turn, total, least, held, demand, hold, leaves] = arguments;
        let asked = Asked {
            lease,
            total,
            least,
            held,
            demand,
            hold,
        };
        let newest = self.members.get(&member).map_or(0, |record| record.turn);
        if turn < newest {
            return vec![1];
        }
        self.refresh(lease, now);
        let former = self.members.get(&member).copied();
        let claim = self.claim(former, asked, now);
        let record = former.unwrap_or_default();
        self.held = (self.held + claim).saturating_sub(record.held);
        self.demand = (self.demand + demand).saturating_sub(record.demand);
        self.members.entry(member).or_default();
        let learns = self.learning > now;
        let target = self.target(claim, learns, asked);
        let floor = self.floor(learns, total);
        let grant = self.grant(claim, target, total).max(target.min(floor));
        let held = claim.max(grant);
        self.held += held - claim;
        let expiry = now + 3 * (lease / 4);
        let record = Record {
            held,
            demand,
            expiry,
            turn,
        };
        self.members.insert(member, record);
        self.last = now;
        if self.hold > now + LONGEST {
            self.hold = 0;
        }
        self.hold = self.hold.max(now + asked.hold.min(LONGEST));
        if leaves > 0 {
            self.members.remove(&member);
            self.held -= record.held;
            self.demand = self.demand.saturating_sub(record.demand);
        }
        let members = self.members.len() as u64;
        let known = former.is_some().into();
        vec![1, grant, members, learns.into(), known, self.hold - now]
    }

    /// Begins to learn after a silence, and makes the sums again when they are old.
    fn refresh(&mut self, lease: u64, now: Moment) {
        let quarter = lease / 4;
        let life = 3 * quarter;
        if now < self.last {
            // The clock was set back: the times of the records say nothing.
            self.hold = 0;
            self.learning = now + lease;
            self.scan(|_| now + life, life, now);
        } else if now - self.last > quarter {
            self.learning = now + lease;
            self.scan(|expiry| expiry.max(now + life), life, now);
        } else if now < self.summed || now - self.summed > quarter {
            self.scan(|expiry| expiry, life, now);
        }
        if self.learning > now + 4 * lease {
            self.learning = 0;
        }
    }

    /// Renews the members, forgets those that are over, and makes the sums.
    fn scan(&mut self, renewed: impl Fn(Moment) -> Moment, life: u64, now: Moment) {
        self.members.retain(|_, record| {
            record.expiry = renewed(record.expiry);
            record.expiry > now && record.expiry <= now + 4 * life
        });
        self.held = self.members.values().map(|record| record.held).sum();
        self.demand = self.members.values().map(|record| record.demand).sum();
        self.summed = now;
    }

    /// Returns what the member uses, as far as it may.
    fn claim(&mut self, former: Option<Record>, asked: Asked, now: Moment) -> u64 {
        match former {
            Some(record) if asked.held > record.held.max(1) => {
                self.learning = now + asked.lease;
                asked.held
            }
            None if self.learning <= now => asked.held.min(asked.total.saturating_sub(self.held)),
            _ => asked.held,
        }
    }

    /// Returns what the member should have.
    fn target(&self, claim: u64, learns: bool, asked: Asked) -> u64 {
        let Asked { total, least, .. } = asked;
        let members = self.members.len() as u64;
        let even = total / 20 / members;
        let fits = least <= total / (2 * members);
        let even = match (fits, members <= total) {
            (true, _) => even.max(least),
            (false, true) => even.max(1),
            (false, false) => even,
        };
        let rest = total - even * members;
        let part = even
            + match self.demand {
                all if all > rest => {
                    // As Lua computes, in binary floating point.
                    (rest as f64 * asked.demand as f64 / all as f64) as u64
                }
                all => asked.demand + (rest - all) / members,
            };
        let spare = total.saturating_sub(self.held) > u64::from(claim <= part);
        let mut target = (part + u64::from(spare)).min(total);
        if self.held > total {
            target = target.min((claim as f64 * total as f64 / self.held as f64) as u64);
            target = target.max(self.floor(learns, total));
        }
        if learns { target.min(claim) } else { target }
    }

    /// Returns what the member has in any case where others hold more than its whole limit: their settings differ.
    fn floor(&self, learns: bool, total: u64) -> u64 {
        if self.held > total && !learns {
            total / self.members.len() as u64
        } else {
            0
        }
    }

    /// Returns what the member gets.
    fn grant(&self, claim: u64, target: u64, total: u64) -> u64 {
        if target > claim {
            target.min(claim + total.saturating_sub(self.held))
        } else {
            target
        }
    }
}
