use std::future::Ready;
use std::time::Duration;

use ::relentless::clock::TokioClock;
use ::relentless::{AsyncClock, Clock, SyncClock, Wait, predicate, retry, retry_async, stop, wait};

use crate::contender::{Contender, blocking, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Service, skip, skip_blocking};

macro_rules! policy {
    ($retry:expr) => {
        $retry
            .when(predicate::error(Error::is_transient))
            .wait(waits())
            .stop(stop::attempts(ATTEMPTS))
    };
}

pub const RELENTLESS: Contender = Contender {
    success: Some(blocking!(0, |s| policy!(retry(|_| s.call())).call())),
    retry: Some(blocking!(1, |s| policy!(retry(|_| s.call()))
        .clock(Skip)
        .call())),
    polled: Some(polled!(0, |s| policy!(retry_async(|_| async { s.call() }))
        .clock(Skip)
        .call())),
    polled_retry: Some(polled!(1, |s| policy!(retry_async(|_| async { s.call() }))
        .clock(Skip)
        .call())),
    tokio: Some(tokio!(0, |s| policy!(retry_async(|_| async { s.call() }))
        .clock(TokioClock::default())
        .call())),
    timer: Some(tokio!(1, |s| policy!(retry_async(|_| async { s.call() }))
        .clock(TokioClock::default())
        .call())),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            let retry = policy!(retry_async(|_| service.send::<8>(key, ids)));
            let outcome = retry.clock(TokioClock::default()).call().await;
            outcome.map_err(|error| error.into_last().expect("made an attempt").unwrap_err())
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            let retry = policy!(retry_async(|_| service.send::<1024>(key, ids)));
            let outcome = retry.clock(TokioClock::default()).call().await;
            outcome.map_err(|error| error.into_last().expect("made an attempt").unwrap_err())
        })
    }),
    ..Contender::named("relentless")
};

fn waits() -> impl Wait {
    wait::exponential(INITIAL).full_jitter().cap(LONGEST)
}

#[derive(Clone, Copy)]
struct Skip;

impl Clock for Skip {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

impl SyncClock for Skip {
    fn wait(&self, pause: Duration) {
        skip_blocking(pause);
    }
}

impl AsyncClock for Skip {
    type Wait = Ready<()>;

    fn wait_async(&self, pause: Duration) -> Ready<()> {
        skip(pause)
    }
}
