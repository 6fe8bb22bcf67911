use std::time::Duration;

use ::backoff::backoff::Backoff;
use ::backoff::future::{Retry, Sleeper};
use ::backoff::{Error as Judged, ExponentialBackoff, ExponentialBackoffBuilder};

use crate::contender::{Contender, blocking, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Outcome, Service, skip};

pub const BACKOFF: Contender = Contender {
    success: Some(blocking!(0, |s| ::backoff::retry(policy(), || judge(
        s.call()
    )))),
    polled: Some(polled!(0, |s| ::backoff::future::retry(
        policy(),
        || async { judge(s.call()) }
    ))),
    polled_retry: Some(polled!(1, |s| Retry::new(
        Skip,
        policy(),
        |_, _| (),
        || async { judge(s.call()) }
    ))),
    tokio: Some(tokio!(0, |s| ::backoff::future::retry(
        policy(),
        || async { judge(s.call()) }
    ))),
    timer: Some(tokio!(1, |s| ::backoff::future::retry(
        policy(),
        || async { judge(s.call()) }
    ))),
    pause: Some(|rounds| {
        for _ in 0..rounds / 4 {
            let mut pauses = std::hint::black_box(policy());
            for _ in 0..4 {
                std::hint::black_box(pauses.next_backoff());
            }
        }
    }),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = || async { judge(service.send::<8>(key, ids).await) };
            ::backoff::future::retry(policy(), send).await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = || async { judge(service.send::<1024>(key, ids).await) };
            ::backoff::future::retry(policy(), send).await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async {
            ::backoff::future::retry(policy(), || async { judge(service.call()) }).await
        })
    }),
    ..Contender::named("backoff")
};

struct Skip;

impl Sleeper for Skip {
    type Sleep = std::future::Ready<()>;

    fn sleep(&self, pause: Duration) -> Self::Sleep {
        skip(pause)
    }
}

fn judge(outcome: Outcome) -> Result<u64, Judged<Error>> {
    outcome.map_err(|error| match error.is_transient() {
        true => Judged::transient(error),
        false => Judged::permanent(error),
    })
}

/// It counts no attempts: it stops by elapsed time alone. Twice `v` at most, around `v`.
struct Limited(ExponentialBackoff, u32);

impl Backoff for Limited {
    fn reset(&mut self) {
        self.0.reset();
        self.1 = ATTEMPTS - 1;
    }

    fn next_backoff(&mut self) -> Option<Duration> {
        self.1 = self.1.checked_sub(1)?;
        self.0.next_backoff()
    }
}

fn policy() -> Limited {
    let exponential = ExponentialBackoffBuilder::new()
        .with_initial_interval(INITIAL / 2)
        .with_max_interval(LONGEST / 2)
        .with_multiplier(2.0)
        .with_randomization_factor(1.0)
        .with_max_elapsed_time(None)
        .build();
    Limited(exponential, ATTEMPTS - 1)
}
