use std::time::Duration;

use ::tokio_retry2::strategy::{ExponentialFactorBackoff, jitter_with_bounds};
use ::tokio_retry2::{Retry, RetryError};

use super::pauses;
use crate::contender::{Contender, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Outcome, Service};

pub const TOKIO_RETRY2: Contender = Contender {
    polled: Some(polled!(0, |s| Retry::spawn(policy(), || async {
        judge(s.call())
    }))),
    tokio: Some(tokio!(0, |s| Retry::spawn(policy(), || async {
        judge(s.call())
    }))),
    timer: Some(tokio!(1, |s| Retry::spawn(policy(), || async {
        judge(s.call())
    }))),
    pause: Some(pauses!(policy())),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = || async { judge(service.send::<8>(key, ids).await) };
            Retry::spawn(policy(), send).await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = || async { judge(service.send::<1024>(key, ids).await) };
            Retry::spawn(policy(), send).await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async { Retry::spawn(policy(), || async { judge(service.call()) }).await })
    }),
    ..Contender::named("tokio-retry2")
};

fn judge(outcome: Outcome) -> Result<u64, RetryError<Error>> {
    outcome.map_err(|error| match error.is_transient() {
        true => RetryError::transient(error),
        false => RetryError::permanent(error),
    })
}

fn policy() -> impl Iterator<Item = Duration> {
    ExponentialFactorBackoff::from_millis(INITIAL.as_millis() as u64, 2.0)
        .max_delay(LONGEST)
        .map(jitter_with_bounds(0.0, 1.0))
        .take(ATTEMPTS as usize - 1)
}
