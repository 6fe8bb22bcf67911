//! `persevere`: the attribute, and a policy that runs closures.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use persevere::__private::Call;
use persevere::{Policy, RetryPolicy, Wait, retry, stop, wait, when};

use crate::contender::{Contender, blocking, matched, polled, tokio};
use crate::service::{
    ATTEMPTS, Error, INITIAL, LONGEST, Outcome, Reply, Service, skip, skip_blocking,
};

pub const ATTRIBUTE: Contender = Contender {
    success: Some(blocking!(0, |s| call(s))),
    matched: Some(matched!(ask)),
    retry: Some(blocking!(1, |s| call_unslept(s))),
    polled: Some(polled!(0, |s| call_async(s))),
    polled_retry: Some(polled!(1, |s| call_async_unslept(s))),
    tokio: Some(tokio!(0, |s| call_async(s))),
    timer: Some(tokio!(1, |s| call_async(s))),
    pause: Some(|rounds| {
        let mut call = Call::<()>::new();
        let attempts = [(); 4].map(|()| {
            call.begin("pause");
            call
        });
        for _ in 0..rounds / 4 {
            for call in black_box(&attempts) {
                let state = call.state("call", Duration::ZERO, None::<&Outcome>);
                let wait = wait::exponential(INITIAL).max(LONGEST).full_jitter();
                black_box(wait.pause(&state));
            }
        }
    }),
    small: Some(|| crate::size::of(small)),
    large: Some(|| crate::size::of(large)),
    waiting: Some(|service| ::tokio::spawn(call_async(service))),
    ..Contender::named("persevere")
};

#[retry(
    stop = after_attempt(ATTEMPTS),
    wait = exponential(INITIAL).max(LONGEST).full_jitter(),
    when = err(|error| error.is_transient()),
)]
fn call(service: &Service) -> Outcome {
    service.call()
}

#[retry(stop = after_attempt(ATTEMPTS))]
#[inline(never)]
fn ask(service: &Service) -> Reply {
    service.ask()
}

#[retry(
    stop = after_attempt(ATTEMPTS),
    wait = exponential(INITIAL).max(LONGEST).full_jitter(),
    when = err(|error| error.is_transient()),
    sleep = skip_blocking,
)]
fn call_unslept(service: &Service) -> Outcome {
    service.call()
}

#[retry(
    stop = after_attempt(ATTEMPTS),
    wait = exponential(INITIAL).max(LONGEST).full_jitter(),
    when = err(|error| error.is_transient()),
)]
async fn call_async(service: &Service) -> Outcome {
    service.call()
}

#[retry(
    stop = after_attempt(ATTEMPTS),
    wait = exponential(INITIAL).max(LONGEST).full_jitter(),
    when = err(|error| error.is_transient()),
    sleep = skip,
)]
async fn call_async_unslept(service: &Service) -> Outcome {
    service.call()
}

#[retry(
    stop = after_attempt(ATTEMPTS),
    wait = exponential(INITIAL).max(LONGEST).full_jitter(),
    when = err(|error| error.is_transient()),
)]
async fn small(service: &Service, key: &str, ids: [u64; 4]) -> Outcome {
    service.send::<8>(key, ids).await
}

#[retry(
    stop = after_attempt(ATTEMPTS),
    wait = exponential(INITIAL).max(LONGEST).full_jitter(),
    when = err(|error| error.is_transient()),
)]
async fn large(service: &Service, key: &str, ids: [u64; 4]) -> Outcome {
    service.send::<1024>(key, ids).await
}

pub const RUN: Contender = Contender {
    success: Some(blocking!(0, |s| policy().run(|| s.call()))),
    matched: Some(matched!(run_ask)),
    retry: Some(blocking!(1, |s| policy()
        .sleep(skip_blocking)
        .run(|| s.call()))),
    polled: Some(polled!(0, |s| policy().run_async(|| async { s.call() }))),
    polled_retry: Some(polled!(1, |s| policy()
        .sleep_async(skip)
        .run_async(|| async { s.call() }))),
    tokio: Some(tokio!(0, |s| policy().run_async(|| async { s.call() }))),
    timer: Some(tokio!(1, |s| policy().run_async(|| async { s.call() }))),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            policy().run_async(|| service.send::<8>(key, ids)).await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            policy().run_async(|| service.send::<1024>(key, ids)).await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async { policy().run_async(|| async { service.call() }).await })
    }),
    ..Contender::named("persevere, run")
};

#[inline(never)]
fn run_ask(service: &Service) -> Reply {
    let policy = RetryPolicy::new().stop(stop::after_attempt(ATTEMPTS));
    policy.run(|| service.ask())
}

type Shared = RetryPolicy<
    stop::AfterAttempt,
    wait::Backoff<wait::Exponential>,
    when::OnErr<fn(&Error) -> bool>,
>;

/// A policy that lies in a static, as in a field: calls borrow it, and know its values at run time only.
fn shared() -> &'static Shared {
    static POLICY: LazyLock<Shared> = LazyLock::new(|| {
        RetryPolicy::new()
            .stop(stop::after_attempt(ATTEMPTS))
            .wait(wait::exponential(INITIAL).max(LONGEST).full_jitter())
            .when(when::err(Error::is_transient as fn(&Error) -> bool))
    });
    &POLICY
}

pub const SHARED: Contender = Contender {
    success: Some(blocking!(0, |s| shared().run(|| s.call()))),
    polled: Some(polled!(0, |s| shared().run_async(|| async { s.call() }))),
    tokio: Some(tokio!(0, |s| shared().run_async(|| async { s.call() }))),
    timer: Some(tokio!(1, |s| shared().run_async(|| async { s.call() }))),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            shared().run_async(|| service.send::<8>(key, ids)).await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            shared().run_async(|| service.send::<1024>(key, ids)).await
        })
    }),
    waiting: Some(|service| ::tokio::spawn(shared().run_async(|| async { service.call() }))),
    ..Contender::named("persevere, shared")
};

fn policy() -> RetryPolicy<
    impl persevere::Stop + Copy,
    impl Wait<Outcome> + Copy,
    impl persevere::Predicate<Outcome> + Copy,
> {
    RetryPolicy::new()
        .stop(stop::after_attempt(ATTEMPTS))
        .wait(wait::exponential(INITIAL).max(LONGEST).full_jitter())
        .when(when::err(Error::is_transient))
}
