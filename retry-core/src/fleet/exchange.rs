//! The task that carries questions to Redis, and answers back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::change::Change;
use super::clock::now;
use super::link::Link;
use super::member::Member;
use super::part::Terms;
use super::status::{Failure, Status};
use super::store::Answer;
use crate::call::random::RandomSource;
use crate::cancel::CancelToken;
use crate::util::caught::caught;
use crate::{RetryPolicy, stop, telemetry, wait};

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
    /// The part that is asked for next; only the task counts.
    next: AtomicUsize,
    /// Cancelled once the member is to leave.
    leaving: CancelToken,
}

impl Exchange {
    pub(super) fn new(member: Member, terms: Terms, listener: Option<fn(&Change)>) -> Self {
        Exchange {
            namespace: member.namespace().to_owned(),
            status: Mutex::new((member.status(now()), now())),
            member: Mutex::new(member),
            terms,
            listener,
            next: AtomicUsize::new(0),
            leaving: CancelToken::new(),
        }
    }

    /// Returns the status after the last round, with the time since its exchange.
    pub(super) fn status(&self) -> Status {
        let (mut status, at) = self.last_status().clone();
        let since = Duration::from_nanos(now().saturating_sub(at));
        status.lag = status.lag.map(|lag| lag.saturating_add(since));
        // The task may be held up.
        let lease = Duration::from_millis(self.terms.lease);
        if since > lease {
            status.joined = false;
            status.parts.iter_mut().for_each(|part| part.joined = false);
        }
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
        self.leaving.is_cancelled()
    }

    /// Ends the task after one more exchange.
    pub(super) fn leave(&self) {
        self.leaving.cancel();
    }

    /// Exchanges until the member leaves.
    pub(super) async fn run(&self, mut link: Link) {
        let _end = End(self);
        let mut failures = 0;
        loop {
            let leaves = self.leaves();
            if leaves {
                self.member().leave();
            }
            let answered = self.round(&mut link).await;
            if leaves {
                return;
            }
            failures = if answered { 0 } else { failures + 1 };
            let _ = tokio::time::timeout(self.pause(failures), self.leaving.cancelled()).await;
        }
    }

    /// Asks for every part, one after the other; returns whether any has its answer.
    async fn round(&self, link: &mut Link) -> bool {
        let longest = self.longest();
        let round = tokio::time::timeout(longest, self.ask_all(link)).await;
        let (round, answered) = round.unwrap_or_else(|_| {
            link.disconnect();
            (Err(Failure::Slow), false)
        });
        self.ended(round);
        answered
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
        // A panic of the recorder must not end it either.
        caught(|| telemetry::fleet::exchanged(&self.namespace, &status));
    }

    fn report(&self, change: &Change) {
        telemetry::fleet::changed(&self.namespace, change);
        if let Some(listener) = self.listener {
            // A panic of the listener must not end the exchange.
            caught(|| listener(change));
        }
    }

    async fn ask_all(&self, link: &mut Link) -> (Result<(), Failure>, bool) {
        let (asked, first) = (now(), self.next.load(Ordering::Relaxed));
        let parts = self.member().parts();
        // Where there is no time for all of them, the next round goes on with the others.
        let part = |at: usize| (first + at) % parts;
        let questions: Vec<_> = {
            let mut member = self.member();
            (0..parts)
                .map(|at| member.question(part(at), asked))
                .collect()
        };
        let (mut round, mut answered) = (Ok(()), false);
        // A failure may be that of one key, or of one server among several.
        let each = |at: usize, answer: Result<Answer, Failure>| {
            let read =
                answer.and_then(|answer| self.member().answer(part(at), &answer, asked, now()));
            self.next.store(part(at) + 1, Ordering::Relaxed);
            answered |= read.is_ok();
            round = round.and(read);
        };
        link.ask_all(&questions, each).await;
        (round, answered)
    }

    /// Returns the longest round, and the longest pause after failures: a quarter of the lease, and at most 5 s.
    fn longest(&self) -> Duration {
        Duration::from_millis((self.terms.lease / 4).min(5_000))
    }

    /// Returns the pause before the next exchange: a tick, or after failures twice as long each time and spread.
    fn pause(&self, failures: u32) -> Duration {
        let tick = Duration::from_millis(self.terms.tick);
        if failures == 0 {
            return RandomSource::Thread.between(tick - tick / 10, tick + tick / 10);
        }
        let longest = self.longest();
        let wait = wait::exponential(tick).max(longest).equal_jitter();
        let policy = RetryPolicy::new().stop(stop::never()).wait(wait);
        policy.resume(failures, Duration::ZERO).unwrap_or(longest)
    }
}

/// The end of the task: by its member, its runtime, or a panic.
struct End<'a>(&'a Exchange);

/// Nobody gives the parts anything from here on.
impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.member().alone(now());
    }
}
