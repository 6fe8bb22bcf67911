//! A call in flight: the engine's part of it, and what happens to it next.

use std::time::Duration;

use persevere_core::{Health, Interrupt, Policy, Steps, Transient, Verdict};

use crate::server::{Reply, Said};

/// The outcome of an attempt.
pub(crate) type Answer = Result<(), Fault>;

/// An attempt without a good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The server refused the request, or answered with an error.
    Refused,
    /// The quota is used up for this time.
    Throttled(Duration),
    /// The attempt was cut, or not made.
    Interrupted(Interrupt),
}

/// Judged where the scenario has a quota or limits; otherwise every fault is retried.
impl Transient for Fault {
    fn verdict(&self) -> Verdict {
        match self {
            Fault::Refused => Verdict::Retry,
            Fault::Throttled(time) => Verdict::RetryAfter(*time),
            Fault::Interrupted(interrupt) => interrupt.verdict(),
        }
    }

    fn health(&self) -> Health {
        match self {
            Fault::Refused => Health::Failed,
            Fault::Throttled(_) => Health::Well,
            Fault::Interrupted(interrupt) => interrupt.health(),
        }
    }
}

impl From<Interrupt> for Fault {
    fn from(interrupt: Interrupt) -> Self {
        Fault::Interrupted(interrupt)
    }
}

pub(crate) struct Call<'p, P: Policy<Answer>> {
    pub(crate) steps: Steps<'p, P, Answer>,
    pub(crate) process: u32,
    pub(crate) begun: u64,
    /// Whether it has not retried.
    pub(crate) first: bool,
    pub(crate) pending: Pending,
}

/// The next event of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Answer(Said),
    Cut(Interrupt),
    Retry,
}

impl<'p, P: Policy<Answer>> Call<'p, P> {
    pub(crate) fn new(policy: &'p P, process: u32, now: u64) -> Self {
        Call {
            steps: policy.start(),
            process,
            begun: now,
            first: true,
            pending: Pending::Retry,
        }
    }

    /// The end of the request of the attempt that begins now: its reply, or the cut before it. Never, if
    /// nothing answers and nothing cuts it.
    pub(crate) fn await_reply(
        &mut self,
        reply: Reply,
        limit: Option<(Duration, Interrupt)>,
        now: u64,
    ) -> Option<u64> {
        let answer = match reply {
            Reply::At(at, said) => Some((at, Pending::Answer(said))),
            Reply::Never => None,
        };
        let cut = limit.map(|(limit, interrupt)| {
            let limit = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
            (now.saturating_add(limit), Pending::Cut(interrupt))
        });
        // An answer at the moment of the cut has made it.
        let (at, pending) = answer.into_iter().chain(cut).min_by_key(|(at, _)| *at)?;
        self.pending = pending;
        Some(at)
    }
}
