//! The model of verdicts, and of their effect on breakers and budgets.

use std::time::Duration;

use persevere_core::breaker::CallResult;
use persevere_core::{Interrupt, Verdict};

use super::Marks;
use super::breaker::Permit;
use super::call::Calling;
use crate::guard_simulation::program::{Fault, Mark, When};
use crate::guard_simulation::trace::Outcome;

impl Calling<'_> {
    /// Reports an attempt to breaker and budgets.
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
                // A retried outcome is a failure, even if the body marks it otherwise.
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

/// Returns whether an outcome is retried, and the earliest time. The mark of the body takes precedence.
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

/// Returns the result for the breaker that an error stands for.
fn weight(fault: Fault) -> CallResult {
    match fault {
        Fault::Busy | Fault::Asks(_) | Fault::Untrusted => CallResult::Failure,
        Fault::Conflict | Fault::Broken => CallResult::Success,
        Fault::Own => CallResult::Ignored,
        Fault::Cut(Interrupt::AttemptTimeout | Interrupt::Deadline) => CallResult::Failure,
        Fault::Cut(_) => CallResult::Ignored,
    }
}
