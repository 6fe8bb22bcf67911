//! Verdicts by the book, and what breakers and budgets make of them.

use std::time::Duration;

use persevere_core::breaker::CallResult;
use persevere_core::{Interrupt, Verdict};

use super::Marks;
use super::breaker::Permit;
use super::call::Calling;
use crate::guard_simulation::program::{Fault, Mark, When};
use crate::guard_simulation::trace::Outcome;

impl Calling<'_> {
    /// Breaker and budgets hear of an attempt.
    pub(super) fn tell(
        &self,
        permit: Option<Permit>,
        outcome: &Outcome,
        verdict: Verdict,
        timed_out: bool,
    ) {
        if let Some(permit) = permit {
            let weight = match (self.plan().when, outcome) {
                _ if timed_out => CallResult::Failure,
                (When::Transient, Err(fault)) => weight(*fault),
                // What is retried has failed, whatever the body says of it.
                (when, _) => match verdict.is_retry() || own_verdict(when, outcome).is_retry() {
                    true => CallResult::Failure,
                    false => CallResult::Success,
                },
            };
            if let (CallResult::Failure, Verdict::RetryAfter(rest)) = (weight, verdict) {
                permit.asks(rest);
            }
            permit.record(weight);
        }
        self.each(|account| match (verdict.is_retry(), outcome) {
            (true, _) => account.failed(),
            (false, Ok(_)) => account.succeeded(),
            (false, Err(_)) => {}
        });
    }
}

/// Whether an outcome is retried, and when at the earliest; the body's own word first.
pub(super) fn verdict(when: When, outcome: &Outcome, marks: Marks) -> Verdict {
    let own = own_verdict(when, outcome);
    match marks.wish {
        Some(Mark::Retry) if own.is_retry() => own,
        Some(Mark::Retry) => Verdict::Retry,
        Some(Mark::RetryNow) => Verdict::RetryIn(Duration::ZERO),
        Some(Mark::RetryAfter(pause)) => Verdict::RetryAfter(pause),
        Some(Mark::GiveUp) => Verdict::Final,
        Some(Mark::Reset) | None => own,
    }
}

fn own_verdict(when: When, outcome: &Outcome) -> Verdict {
    match (when, outcome) {
        (When::AnyFailure | When::ValueToo, Err(_)) => Verdict::Retry,
        (When::ValueToo, Ok(value)) if value.kind == 1 => Verdict::Retry,
        (_, Ok(_)) => Verdict::Final,
        (When::Transient, Err(fault)) => match fault {
            Fault::Busy | Fault::Conflict => Verdict::Retry,
            Fault::Asks(pause) => Verdict::RetryAfter(*pause),
            Fault::Broken | Fault::Untrusted | Fault::Own => Verdict::Final,
            Fault::Cut(Interrupt::Deadline | Interrupt::Cancelled | Interrupt::Budget) => {
                Verdict::Final
            }
            Fault::Cut(_) => Verdict::Retry,
        },
    }
}

/// What an error says of the service that was called.
fn weight(fault: Fault) -> CallResult {
    match fault {
        Fault::Busy | Fault::Asks(_) | Fault::Untrusted => CallResult::Failure,
        Fault::Conflict | Fault::Broken => CallResult::Success,
        Fault::Own => CallResult::Ignored,
        Fault::Cut(Interrupt::AttemptTimeout | Interrupt::Deadline) => CallResult::Failure,
        Fault::Cut(_) => CallResult::Ignored,
    }
}
