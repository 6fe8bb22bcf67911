//! The task that carries questions to Redis, and answers back.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::change::Change;
use super::clock::now;
use super::link::Link;
use super::member::Member;
use super::part::Terms;
use super::status::{Failure, Status};
use crate::call::random::RandomSource;
use crate::telemetry;

/// The state that the task and the handle share.
#[derive(Debug)]
pub(super) struct Exchange {
    member: Mutex<Member>,
    /// The status after the last round, and its time: whoever asks for it never waits for a part, not even a listener
    /// that a part calls.
    status: Mutex<(Status, u64)>,
    namespace: String,
    pub(super) terms: Terms,
    listener: Option<fn(&Change)>,
    /// Whether the member is to leave.
    leaving: AtomicBool,
}

impl Exchange {
    pub(super) fn new(member: Member, terms: Terms, listener: Option<fn(&Change)>) -> Self {
        Exchange {
            namespace: member.namespace().to_owned(),
            status: Mutex::new((member.status(now()), now())),
            member: Mutex::new(member),
            terms,
            listener,
            leaving: AtomicBool::new(false),
        }
    }

    /// Returns the status after the last round, with the time since its exchange.
    pub(super) fn status(&self) -> Status {
        let (mut status, at) = self.last_status().clone();
        let since = Duration::from_nanos(now().saturating_sub(at));
        status.lag = status.lag.map(|lag| lag.saturating_add(since));
        status
    }

    fn last_status(&self) -> MutexGuard<'_, (Status, u64)> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the member. Nothing waits under the lock, and a panic leaves whole numbers.
    pub(super) fn member(&self) -> MutexGuard<'_, Member> {
        self.member.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns whether the member has left, or is about to.
    pub(super) fn leaves(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// Ends the task after one more exchange.
    pub(super) fn leave(&self) {
        // Relaxed: the task acts on nothing else that was written before.
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Exchanges until the member leaves.
    pub(super) async fn run(&self, mut link: Link) {
        let mut failures = 0;
        loop {
            let leaves = self.leaves();
            if leaves {
                self.member().leave();
            }
            let done = self.round(&mut link).await;
            if leaves {
                return;
            }
            failures = if done.is_ok() { 0 } else { failures + 1 };
            tokio::time::sleep(self.pause(failures)).await;
        }
    }

    /// Asks for every part, one after the other.
    async fn round(&self, link: &mut Link) -> Result<(), Failure> {
        let longest = Duration::from_millis(self.terms.lease / 4);
        let round = match tokio::time::timeout(longest, self.ask_all(link)).await {
            Ok(round) => round,
            Err(_) => {
                link.disconnect();
                Err(Failure::Slow)
            }
        };
        self.ended(round);
        round
    }

    /// Ends a round, and reports what has changed.
    fn ended(&self, round: Result<(), Failure>) {
        let mut member = self.member();
        let change = member.ended(round, now());
        let status = member.status(now());
        drop(member);
        let (former, _) = std::mem::replace(&mut *self.last_status(), (status.clone(), now()));
        if let Some(change) = change {
            self.report(&change);
        }
        let mistake = status.refused.as_ref();
        if let Some(mistake) = mistake.filter(|_| status.refused != former.refused) {
            telemetry::fleet::refused(&self.namespace, mistake);
            self.report(&Change::Refused);
        }
        telemetry::fleet::exchanged(&self.namespace, &status);
    }

    fn report(&self, change: &Change) {
        telemetry::fleet::changed(&self.namespace, change);
        if let Some(listener) = self.listener {
            // A panic of the listener must not end the exchange.
            let _ = catch_unwind(|| listener(change));
        }
    }

    async fn ask_all(&self, link: &mut Link) -> Result<(), Failure> {
        let parts = self.member().parts();
        let mut round = Ok(());
        for part in 0..parts {
            let asked = now();
            let question = self.member().question(part, asked);
            // An answer that cannot be read is one part's; a failure of the connection is that of all.
            let answer = match link.ask(&question).await {
                Err(Failure::Malformed) => Err(Failure::Malformed),
                other => Ok(other?),
            };
            let read = answer.and_then(|answer| self.member().answer(part, &answer, asked, now()));
            round = round.and(read);
        }
        round
    }

    /// Returns the pause before the next exchange: a tick, or after failures twice as long each time and spread, up to
    /// a quarter of the lease.
    fn pause(&self, failures: u32) -> Duration {
        let tick = Duration::from_millis(self.terms.tick);
        if failures == 0 {
            return RandomSource::Thread.between(tick - tick / 10, tick + tick / 10);
        }
        let longest = Duration::from_millis(self.terms.lease / 4);
        let most = tick.saturating_mul(1 << failures.min(16)).min(longest);
        RandomSource::Thread.between(tick.min(most) / 2, most)
    }
}
