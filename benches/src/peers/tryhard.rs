use std::time::Duration;

use ::tryhard::backoff_strategies::BackoffStrategy;
use ::tryhard::{NoOnRetry, RetryFutureConfig, RetryPolicy, retry_fn};

use crate::contender::{Contender, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Service};

pub const TRYHARD: Contender = Contender {
    polled: Some(polled!(0, |s| retry_fn(|| async { s.call() }).with_config(policy()))),
    tokio: Some(tokio!(0, |s| retry_fn(|| async { s.call() }).with_config(policy()))),
    timer: Some(tokio!(1, |s| retry_fn(|| async { s.call() }).with_config(policy()))),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            retry_fn(|| service.send::<8>(key, ids))
                .with_config(policy())
                .await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            retry_fn(|| service.send::<1024>(key, ids))
                .with_config(policy())
                .await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async {
            retry_fn(|| async { service.call() })
                .with_config(policy())
                .await
        })
    }),
    ..Contender::named("tryhard, no jitter")
};

/// It has no jitter; a strategy of one's own is how it takes a predicate.
struct Transient(Duration);

impl BackoffStrategy<'_, Error> for Transient {
    type Output = RetryPolicy;

    fn delay(&mut self, _: u32, error: &Error) -> RetryPolicy {
        if !error.is_transient() {
            return RetryPolicy::Break;
        }
        let pause = self.0;
        self.0 = self.0.saturating_mul(2);
        RetryPolicy::Delay(pause)
    }
}

fn policy() -> RetryFutureConfig<Transient, NoOnRetry> {
    RetryFutureConfig::new(ATTEMPTS - 1)
        .custom_backoff(Transient(INITIAL))
        .max_delay(LONGEST)
}
