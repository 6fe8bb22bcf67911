use ::backon::{BackoffBuilder, BlockingRetryable, ExponentialBuilder, Retryable};

use super::pauses;
use crate::contender::{Contender, blocking, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Service, skip, skip_blocking};

pub const BACKON: Contender = Contender {
    success: Some(blocking!(0, |s| (|| s.call())
        .retry(policy())
        .when(Error::is_transient)
        .call())),
    retry: Some(blocking!(1, |s| (|| s.call())
        .retry(policy())
        .sleep(skip_blocking)
        .when(Error::is_transient)
        .call())),
    polled: Some(polled!(0, |s| async {
        (|| async { s.call() })
            .retry(policy())
            .when(Error::is_transient)
            .await
    })),
    polled_retry: Some(polled!(1, |s| async {
        let retry = (|| async { s.call() }).retry(policy());
        retry.sleep(skip).when(Error::is_transient).await
    })),
    tokio: Some(tokio!(0, |s| (|| async { s.call() })
        .retry(policy())
        .when(Error::is_transient))),
    timer: Some(tokio!(1, |s| (|| async { s.call() })
        .retry(policy())
        .when(Error::is_transient))),
    pause: Some(pauses!(policy().build())),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = || service.send::<8>(key, ids);
            send.retry(policy()).when(Error::is_transient).await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = || service.send::<1024>(key, ids);
            send.retry(policy()).when(Error::is_transient).await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async {
            let call = || async { service.call() };
            call.retry(policy()).when(Error::is_transient).await
        })
    }),
    ..Contender::named("backon")
};

fn policy() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(INITIAL)
        .with_max_delay(LONGEST)
        .with_max_times(ATTEMPTS as usize - 1)
        .with_jitter()
}
