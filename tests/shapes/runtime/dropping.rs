//! A call whose future is dropped, at whichever await, leaves breaker, budget and the calls around it
//! as if it had ended there.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use persevere::breaker::State;
use persevere::{CircuitBreaker, Policy, RetryBudget, RetryPolicy, retry, stop, wait};

use crate::common::{Refused, Tries};

const SECOND: Duration = Duration::from_secs(1);

fn refused() -> io::Error {
    ErrorKind::ConnectionRefused.into()
}

/// Polls a future `polls` times, a second apart, and drops it; whether it was ready.
async fn polled<F: Future>(future: F, polls: u32) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        let mut context = Context::from_waker(Waker::noop());
        if future.as_mut().poll(&mut context).is_ready() {
            return true;
        }
        tokio::time::advance(SECOND).await;
    }
    false
}

/// Drops what `case` makes after no poll, after one, and so on until it is ready; `awaits` in all.
macro_rules! at_every_await {
    ($awaits:literal, $case:expr) => {{
        let mut polls = 0;
        while !$case(polls).await {
            polls += 1;
            assert!(polls < 1000, "it is never ready");
        }
        assert_eq!(polls, $awaits + 1, "awaits, and the poll that is ready");
    }};
}

/// A call sees none around it.
fn nothing_is_around() {
    #[retry(wait = none(), nested = single())]
    fn inner(tries: &Tries) -> Result<u32, Refused> {
        tries.third()
    }
    assert_eq!(inner(&Tries::new()), Ok(3));
}

/// Two attempts of two awaits fail, one is cut, one succeeds.
async fn body(tries: &Tries) -> io::Result<u32> {
    let n = tries.next();
    tokio::time::sleep(SECOND).await;
    tokio::time::sleep(SECOND).await;
    match n {
        1 | 2 => Err(refused()),
        3 => std::future::pending().await,
        n => Ok(n),
    }
}

#[retry(
    stop = after_attempt(4),
    wait = 2s,
    deadline = 1min,
    attempt_timeout = 5s,
    breaker = breaker,
    budget = budget,
    nested = share(),
)]
async fn by_attribute(
    tries: &Tries,
    breaker: &CircuitBreaker,
    budget: &RetryBudget,
) -> io::Result<u32> {
    body(tries).await
}

async fn by_policy(
    tries: &Tries,
    breaker: &CircuitBreaker,
    budget: &RetryBudget,
) -> io::Result<u32> {
    RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::fixed(2 * SECOND))
        .deadline(60 * SECOND)
        .attempt_timeout(5 * SECOND)
        .breaker(breaker)
        .budget(budget)
        .nested(persevere::nested::share())
        .run_async(|| body(tries))
        .await
}

/// Whatever was paid for is a retry that began; what is in flight has left.
macro_rules! of_calls {
    ($($test:ident $call:ident;)+) => {$(
        #[tokio::test(start_paused = true)]
        async fn $test() {
            at_every_await! { 17, async |polls| {
                let breaker = CircuitBreaker::new("test").consecutive(100);
                let (total, in_flight) = (RetryBudget::total(9), RetryBudget::in_flight(3, 0.0));
                let tries = Tries::new();
                let ready = polled($call(&tries, &breaker, &total), polls).await;
                let retries = u64::from(tries.made().saturating_sub(1));
                assert_eq!(total.available(), 9 - retries, "{polls}");
                assert_eq!(total.granted(), retries, "{polls}");
                assert_eq!(breaker.state(), State::Closed, "{polls}");
                let counts = breaker.counts();
                // An attempt that was dropped neither failed nor succeeded.
                let known = counts.failures + u64::from(ready) + counts.ignored;
                assert_eq!((known, counts.refused), (tries.made().into(), 0), "{polls}");
                assert!(counts.ignored <= u64::from(!ready), "{polls}");
                nothing_is_around();

                let again = Tries::new();
                assert_eq!(polled($call(&again, &breaker, &in_flight), polls).await, ready);
                assert_eq!(in_flight.available(), 3, "{polls}");
                ready
            }}
        }
    )+};
}

of_calls! {
    a_call_of_the_attribute by_attribute;
    a_call_of_a_policy by_policy;
}

/// A breaker that lets one call through to see. Its permit would not come back by itself before the
/// open time has passed once more.
async fn half_open() -> CircuitBreaker {
    let hour = 3600 * SECOND;
    let breaker = CircuitBreaker::new("test").consecutive(1).open_for(hour);
    let _ = breaker.call(|| None::<u8>);
    tokio::time::advance(hour).await;
    breaker
}

#[retry(wait = 1s, deadline = 1min, attempt_timeout = 10s, breaker = breaker)]
async fn probe(breaker: &CircuitBreaker) -> io::Result<()> {
    for _ in 0..3 {
        tokio::time::sleep(SECOND).await;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_gives_its_permit_back() {
    at_every_await! { 3, async |polls| {
        let breaker = half_open().await;
        let ready = polled(probe(&breaker), polls).await;
        // Its open time is over, also for one that no call has probed.
        let state = if ready { State::Closed } else { State::HalfOpen };
        assert_eq!(breaker.state(), state, "{polls}");
        assert!(breaker.try_enter().is_ok(), "{polls}");
        ready
    }}
}

#[retry(wait = 1s, deadline = 1min, breaker = wait_for(breaker))]
async fn patient(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    tokio::time::sleep(SECOND).await;
    Ok(tries.next())
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_breaker_holds_nothing() {
    // The wait takes up to a hundredth longer than the breaker is open: a poll more at this pace.
    at_every_await! { 5, async |polls| {
        let breaker = CircuitBreaker::new("test").consecutive(1).open_for(3 * SECOND);
        let _ = breaker.call(|| None::<u8>);
        let tries = Tries::new();
        let ready = polled(patient(&breaker, &tries), polls).await;
        let elapsed = polls;
        assert_eq!(tries.made(), u32::from(ready), "{polls}");
        if elapsed >= 3 {
            assert!(breaker.try_enter().is_ok(), "{polls}");
        }
        ready
    }}
}

#[retry(
    stop = never(),
    case(Err(_), stop = after_attempt(3), wait = fixed(2s), budget = budget),
    deadline = 1min,
)]
async fn of_a_case(budget: &RetryBudget, tries: &Tries) -> io::Result<u32> {
    tries.next();
    tokio::time::sleep(SECOND).await;
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn the_budget_of_a_case_too() {
    at_every_await! { 7, async |polls| {
        let (budget, tries) = (RetryBudget::total(9), Tries::new());
        let ready = polled(of_a_case(&budget, &tries), polls).await;
        assert_eq!(budget.available(), 9 - u64::from(tries.made().saturating_sub(1)), "{polls}");
        ready
    }}
}

#[retry(
    stop = after_attempt(3),
    wait = 2s,
    deadline = 1min,
    attempt_timeout = 9s,
    hedge = delay(1s).copies(3),
    breaker = breaker,
    budget = budget,
)]
async fn hedged(tries: &Tries, breaker: &CircuitBreaker, budget: &RetryBudget) -> io::Result<u32> {
    tries.next();
    tokio::time::sleep(4 * SECOND).await;
    Err(refused())
}

/// Every copy but the first attempt is paid for, and leaves with the call.
#[tokio::test(start_paused = true)]
async fn the_copies_of_an_attempt_go_with_it() {
    at_every_await! { 22, async |polls| {
        let breaker = CircuitBreaker::new("test").consecutive(100);
        let (total, in_flight) = (RetryBudget::total(99), RetryBudget::in_flight(9, 0.0));
        let tries = Tries::new();
        let ready = polled(hedged(&tries, &breaker, &total), polls).await;
        let copies = u64::from(tries.made().saturating_sub(1));
        assert_eq!((total.granted(), total.available()), (copies, 99 - copies), "{polls}");
        assert_eq!(breaker.state(), State::Closed, "{polls}");
        assert!(breaker.counts().ignored <= 1, "{polls}");
        nothing_is_around();

        let again = Tries::new();
        assert_eq!(polled(hedged(&again, &breaker, &in_flight), polls).await, ready);
        assert_eq!(in_flight.available(), 9, "{polls}");
        ready
    }}
}
