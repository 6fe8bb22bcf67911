use std::time::Duration;

use ::retry::delay::{Exponential, jitter};
use ::retry::{OperationResult, retry};

use super::pauses;
use crate::contender::{Contender, blocking};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Outcome, Service};

pub const RETRY: Contender = Contender {
    success: Some(blocking!(0, |s| retry(policy(), || judge(s.call())))),
    pause: Some(pauses!(policy())),
    ..Contender::named("retry")
};

fn judge(outcome: Outcome) -> OperationResult<u64, Error> {
    match outcome {
        Ok(value) => OperationResult::Ok(value),
        Err(error) if error.is_transient() => OperationResult::Retry(error),
        Err(error) => OperationResult::Err(error),
    }
}

fn policy() -> impl Iterator<Item = Duration> {
    Exponential::from_millis_with_factor(INITIAL.as_millis() as u64, 2.0)
        .map(|pause| jitter(pause.min(LONGEST)))
        .take(ATTEMPTS as usize - 1)
}
