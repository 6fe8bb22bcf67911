//! A share of a limit: the part of a process in `lua/share.lua`.

use super::part::{Asked, Part, Terms};
use super::status::PartStatus;
use super::store::{Answer, Script, Unreadable};
use crate::time::ticks::MILLISECOND;

/// A limit of which a process can hold a share. A share is a whole number of the limit's own units.
pub trait Divisible: Send {
    /// The kind, as a key of the store and a metric have it.
    const KIND: &'static str;

    /// The share of a member where the members are more than the units, and of one that is alone with nothing.
    const FEWEST: u64 = 0;

    /// Returns the name of the part among those of its kind.
    fn name(&self) -> &str;

    /// Returns the whole limit; 0 if there is nothing to divide.
    fn total(&self) -> u64;

    /// Returns the smallest share that is of use.
    fn least(&self) -> u64;

    /// Changes the share that is in use, and returns it; it may be larger than asked for until calls have ended.
    fn set(&mut self, share: u64, now: u64) -> u64;

    /// Notes that it has its first share.
    fn begun(&mut self, _now: u64) {}

    /// Returns the demand since the last time, in the units of the limit.
    fn demand(&mut self, now: u64) -> u64;

    /// Returns the rest of a hold that other members should keep too, in milliseconds.
    fn hold(&mut self, _now: u64) -> u64 {
        0
    }

    /// Keeps a hold of another member, in milliseconds.
    fn hold_for(&mut self, _rest: u64, _now: u64) {}
}

/// A limit, and the share of it that the process holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Share<D> {
    limit: D,
    held: u64,
    /// The share that the store would have it hold.
    target: u64,
    /// The time for which the store keeps what it has given, in ticks.
    life: u64,
    members: u64,
    lost: u64,
    /// Whether the store has given it a share.
    joined: bool,
    leaves: bool,
}

impl<D: Divisible> Share<D> {
    /// Creates a share of which nothing is held before it begins.
    pub fn new(limit: D) -> Self {
        Share {
            limit,
            held: 0,
            target: 0,
            life: 0,
            members: 0,
            lost: 0,
            joined: false,
            leaves: false,
        }
    }

    /// Returns the share that is in use.
    pub const fn held(&self) -> u64 {
        self.held
    }

    /// Returns the limit.
    pub const fn limit_mut(&mut self) -> &mut D {
        &mut self.limit
    }

    /// Changes the share to one that the store would have it hold, beside as many members.
    fn aim(&mut self, share: u64, members: u64, now: u64) {
        let total = self.limit.total();
        let fewest = if members > total { D::FEWEST } else { 0 };
        self.target = share.min(total).max(fewest);
        self.held = self.limit.set(self.target, now);
    }
}

impl<D: Divisible> Part for Share<D> {
    fn kind(&self) -> &'static str {
        D::KIND
    }

    fn name(&self) -> &str {
        self.limit.name()
    }

    fn script(&self) -> Script {
        Script::Share
    }

    fn begin(&mut self, terms: Terms, now: u64) {
        self.life = 3 * (terms.lease / 4) * MILLISECOND;
        let members = u64::from(terms.expected.max(1));
        self.aim(self.limit.total() / members, members, now);
        self.limit.begun(now);
    }

    fn ask(&mut self, now: u64) -> Asked {
        if self.leaves {
            // Of a limit of 0 it gets nothing back.
            return Asked {
                numbers: vec![0, 0, 0, 0, 0, 1],
                text: None,
            };
        }
        // Less may be in use than when it was last changed.
        self.held = self.limit.set(self.target, now);
        let (total, least) = (self.limit.total(), self.limit.least());
        let (demand, hold) = (self.limit.demand(now), self.limit.hold(now));
        let numbers = vec![total, least, self.held, demand.min(total), hold, 0];
        Asked {
            numbers,
            text: None,
        }
    }

    fn answered(&mut self, answer: &Answer, asked: u64, now: u64) -> Result<(), Unreadable> {
        let [share, members, _learns, known, hold] = answer.read()?;
        if self.leaves {
            return Ok(());
        }
        self.lost += u64::from(self.joined && known == 0);
        self.joined = true;
        self.members = members;
        // The process may have stood still for so long that others have got it meanwhile.
        let late = now.saturating_sub(asked) >= self.life;
        let share = if late { share.min(self.held) } else { share };
        self.aim(share, members, now);
        // It ends when it would have ended, however long the answer was under way.
        let rest = hold.saturating_sub(now.saturating_sub(asked) / MILLISECOND);
        if rest > 0 {
            self.limit.hold_for(rest, now);
        }
        Ok(())
    }

    /// Goes on with the share that it holds: with the fewest where that is nothing, since nobody will give it more.
    fn alone(&mut self, now: u64) {
        self.target = self.target.max(D::FEWEST.min(self.limit.total()));
        self.held = self.limit.set(self.target, now);
        self.lost += u64::from(self.joined);
        self.joined = false;
    }

    fn leave(&mut self) {
        self.leaves = true;
    }

    fn status(&self) -> PartStatus {
        let total = self.limit.total();
        PartStatus {
            kind: D::KIND,
            name: self.name().to_owned(),
            joined: self.joined,
            members: self.members,
            share: (total > 0).then(|| self.held as f64 / total as f64),
            lost_leases: self.lost,
        }
    }
}
