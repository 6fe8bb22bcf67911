use std::time::Duration;

use ::tokio_retry::RetryIf;
use ::tokio_retry::strategy::{ExponentialBackoff, jitter};

use super::pauses;
use crate::contender::{Contender, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Service};

pub const TOKIO_RETRY: Contender = Contender {
    polled: Some(polled!(0, |s| RetryIf::start(
        policy(),
        || async { s.call() },
        Error::is_transient
    ))),
    tokio: Some(tokio!(0, |s| RetryIf::start(
        policy(),
        || async { s.call() },
        Error::is_transient
    ))),
    timer: Some(tokio!(1, |s| RetryIf::start(
        policy(),
        || async { s.call() },
        Error::is_transient
    ))),
    pause: Some(pauses!(policy())),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            RetryIf::start(
                policy(),
                || service.send::<8>(key, ids),
                Error::is_transient,
            )
            .await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            RetryIf::start(
                policy(),
                || service.send::<1024>(key, ids),
                Error::is_transient,
            )
            .await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async {
            RetryIf::start(policy(), || async { service.call() }, Error::is_transient).await
        })
    }),
    ..Contender::named("tokio-retry")
};

fn policy() -> impl Iterator<Item = Duration> {
    // 2 × 50 ms, 4 × 50 ms …
    ExponentialBackoff::from_millis(2)
        .factor(INITIAL.as_millis() as u64 / 2)
        .max_delay(LONGEST)
        .map(jitter)
        .take(ATTEMPTS as usize - 1)
}
