//! Further copies of slow attempts.

use super::*;
use persevere::hedge::{self, Latency};
use persevere::{Policy, RetryPolicy, RetryState, stop, when};
use std::cell::RefCell;

/// The first copy of each attempt is slow.
async fn replica(tries: &Tries) -> Result<u32, Refused> {
    let n = tries.next();
    let slow = if n % 2 == 1 { 60 } else { 1 };
    tokio::time::sleep(slow * SECOND).await;
    Ok(n)
}

#[retry(hedge = delay(50ms).copies(2))]
async fn hedged(tries: &Tries) -> Result<u32, Refused> {
    replica(tries).await
}

#[tokio::test(start_paused = true)]
async fn a_further_copy_of_a_slow_attempt_wins() {
    let paused = tokio::time::Instant::now();
    assert_eq!(hedged(&Tries::new()).await, Ok(2));
    assert_eq!(paused.elapsed(), Duration::from_millis(1050));
}

#[retry(
    hedge = delay(1s).copies(3),
    attempt_timeout = 5s,
    deadline = 1min,
    wait = 1s,
    on = Err(e) if e.kind() == ErrorKind::TimedOut,
    attempt = at,
    clone(name),
)]
async fn timed(name: String, tries: &Tries) -> io::Result<(u32, usize)> {
    let n = tries.next();
    if n <= 3 {
        std::future::pending::<()>().await;
    }
    let consumed = name.into_bytes();
    Ok((at.number(), consumed.len()))
}

#[tokio::test(start_paused = true)]
async fn each_copy_has_its_own_timeout_and_its_own_arguments() {
    let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
    assert_eq!(timed("abc".to_owned(), &tries).await.unwrap(), (2, 3));
    // The copies begin at 0, 1 and 2 s; the last one times out at 7 s.
    assert_eq!(paused.elapsed().as_secs(), 8);
    assert_eq!(tries.made(), 4);
}

#[retry(hedge = delay(1s), budget = budget)]
async fn budgeted(budget: &RetryBudget, tries: &Tries) -> Result<u32, Refused> {
    replica(tries).await
}

#[tokio::test(start_paused = true)]
async fn a_copy_draws_from_the_budget() {
    let (budget, tries) = (RetryBudget::total(1), Tries::new());
    assert_eq!(budgeted(&budget, &tries).await, Ok(2));
    assert_eq!(budget.available(), 0);
    assert_eq!(budgeted(&budget, &tries).await, Ok(3));
}

static LATENCY: Latency = Latency::new();

#[retry(hedge = quantile(&LATENCY, 0.9))]
async fn measured(millis: u64) -> Option<u64> {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Some(millis)
}

#[tokio::test(start_paused = true)]
async fn hedged_attempts_are_measured() {
    for _ in 0..100 {
        assert_eq!(measured(10).await, Some(10));
    }
    assert!(LATENCY.quantile(0.5).unwrap() >= Duration::from_millis(10));
}

/// The events of the copies of a call, with their times in milliseconds.
struct Trace(RefCell<Vec<(u128, String)>>, tokio::time::Instant);

impl Trace {
    fn push(&self, event: String) {
        let at = self.1.elapsed().as_millis();
        self.0.borrow_mut().push((at, event));
    }

    /// The next copy of the script: how long it takes, and the kind of its error.
    async fn copy(&self, script: &[(u64, Option<ErrorKind>)]) -> io::Result<u64> {
        struct Ends<'a>(&'a Trace, usize);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                self.0.push(format!("ends {}", self.1));
            }
        }
        let begun = |(_, event): &&(u128, String)| event.starts_with("begins");
        let n = self.0.borrow().iter().filter(begun).count();
        self.push(format!("begins {n}"));
        let _ends = Ends(self, n);
        let (time, kind) = script[n];
        tokio::time::sleep(Duration::from_millis(time)).await;
        kind.map_or(Ok(time), |kind| Err(kind.into()))
    }

    fn retries(&self, error: &io::Error) -> bool {
        self.push(format!("verdict? {error}"));
        error.kind() == ErrorKind::TimedOut
    }

    fn state(&self, event: &str, s: &RetryState<'_, io::Result<u64>>) {
        self.push(format!("{event} {} {:?}", s.attempt(), s.reason()));
    }
}

#[retry(
    stop = after_attempt(2),
    wait = 1s,
    when = err(|error| trace.retries(error)),
    before = |s| trace.state("before", s),
    after = |s| trace.state("after", s),
    on_failure = |s| trace.state("on_failure", s),
    hedge = delay(10ms).copies(3),
    attempt_timeout = 50ms,
    deadline = 1100ms,
    budget = budget,
    breaker = breaker,
)]
async fn traced(
    script: &[(u64, Option<ErrorKind>)],
    trace: &Trace,
    budget: &RetryBudget,
    breaker: &CircuitBreaker,
) -> io::Result<u64> {
    trace.copy(script).await
}

async fn ran(
    script: &[(u64, Option<ErrorKind>)],
    trace: &Trace,
    budget: &RetryBudget,
    breaker: &CircuitBreaker,
) -> io::Result<u64> {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(SECOND)
        .when(when::err(|error: &io::Error| trace.retries(error)))
        .before(|s: &RetryState<'_, io::Result<u64>>| trace.state("before", s))
        .after(|s: &RetryState<'_, io::Result<u64>>| trace.state("after", s))
        .on_failure(|s: &RetryState<'_, io::Result<u64>>| trace.state("on_failure", s))
        .hedge(hedge::delay(Duration::from_millis(10)).copies(3))
        .attempt_timeout(Duration::from_millis(50))
        .deadline(Duration::from_millis(1100))
        .budget(budget)
        .breaker(breaker);
    policy.run_async(|| trace.copy(script)).await
}

#[tokio::test(start_paused = true)]
async fn the_attribute_and_a_policy_make_the_same_trace() {
    const SLOW: (u64, Option<ErrorKind>) = (60_000, None);
    const BUSY: (u64, Option<ErrorKind>) = (3, Some(ErrorKind::TimedOut));
    const BROKEN: (u64, Option<ErrorKind>) = (3, Some(ErrorKind::NotFound));
    let scripts: [&[_]; 7] = [
        &[(1, None)],
        &[SLOW, (5, None)],
        &[SLOW, SLOW, BROKEN],
        &[BUSY, SLOW, BUSY, (1, None)],
        &[BUSY, BUSY, BUSY, BUSY, BUSY, BUSY],
        &[SLOW, SLOW, SLOW, SLOW, (5, None)],
        // The deadline comes before the second attempt's copies have timed out.
        &[SLOW, SLOW, SLOW, SLOW, SLOW, SLOW],
    ];
    for script in scripts {
        let (first, second) = (CircuitBreaker::new("first"), CircuitBreaker::new("second"));
        for copies in [1, 99] {
            let budgets = [RetryBudget::total(copies), RetryBudget::total(copies)];
            let new = || Trace(RefCell::default(), tokio::time::Instant::now());
            let trace = new();
            let outcome = traced(script, &trace, &budgets[0], &first).await;
            let expected = (trace.0.into_inner(), outcome.map_err(|e| e.to_string()));
            let trace = new();
            let outcome = ran(script, &trace, &budgets[1], &second).await;
            let found = (trace.0.into_inner(), outcome.map_err(|e| e.to_string()));
            assert_eq!(found, expected, "{script:?}");
            assert_eq!(budgets[1].available(), budgets[0].available(), "{script:?}");
            assert_eq!(second.counts(), first.counts(), "{script:?}");
        }
    }
}

#[retry(stop = after_attempt(3), wait = none(), hedge = delay(50ms), attempt = at)]
async fn marking(tries: &Tries, mark: fn(&persevere::Attempt)) -> Result<u32, Refused> {
    let n = tries.next();
    if n == 1 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        mark(&at);
        return Err(Refused(n));
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(n)
}

#[tokio::test(start_paused = true)]
async fn only_the_marks_of_the_copy_that_wins_count() {
    let tries = Tries::new();
    assert_eq!(marking(&tries, |at| at.retry_after(SECOND)).await, Ok(2));
    assert_eq!(tries.made(), 2);
    let tries = Tries::new();
    assert_eq!(marking(&tries, |at| at.reset()).await, Ok(2));
    let tries = Tries::new();
    assert_eq!(marking(&tries, |at| at.give_up()).await, Err(Refused(1)));
    assert_eq!(tries.made(), 2);
}

#[retry(
    stop = after_attempt(1),
    hedge = delay(1s),
    attempt_timeout = 5s,
    deadline = 1min,
    attempt = at
)]
async fn left(tries: &Tries) -> io::Result<Duration> {
    if tries.next() == 1 {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(SECOND).await;
    Ok(at.remaining().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_copy_knows_when_it_is_cut_itself() {
    assert_eq!(left(&Tries::new()).await.unwrap(), 4 * SECOND);
}

static OUTAGE: Latency = Latency::new();

#[retry(stop = after_attempt(1), hedge = quantile(&OUTAGE, 0.9), attempt_timeout = 2s)]
async fn in_an_outage() -> io::Result<u32> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn attempts_that_are_cut_are_measured() {
    for _ in 0..60 {
        assert!(in_an_outage().await.is_err());
        let dropped = tokio::time::timeout(SECOND, in_an_outage());
        assert!(dropped.await.is_err());
    }
    let (half, most) = (OUTAGE.quantile(0.5), OUTAGE.quantile(0.9));
    assert!(half.is_some_and(|half| half >= SECOND && half < 2 * SECOND));
    assert!(most.is_some_and(|most| most >= 2 * SECOND));
}

#[retry(stop = after_attempt(1), breaker = breaker, hedge = delay(10ms).copies(4))]
async fn probing(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    tries.next();
    tokio::time::sleep(SECOND).await;
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_probe_is_one_call() {
    let breaker = CircuitBreaker::new("probed")
        .consecutive(1)
        .open_for(SECOND);
    let (closed, probe) = (Tries::new(), Tries::new());
    assert!(probing(&breaker, &closed).await.is_err());
    tokio::time::advance(SECOND).await;
    assert!(probing(&breaker, &probe).await.is_err());
    assert_eq!((closed.made(), probe.made()), (4, 1));
}

#[retry(wait = none(), hedge = delay(1s), attempt_timeout = 2s, reset_after = 1s)]
async fn cut_again_and_again(tries: &Tries, fails: bool) -> io::Result<u32> {
    match (fails, tries.next()) {
        (true, n) if n <= 6 => {
            tokio::time::sleep(SECOND + SECOND / 2).await;
            Err(refused())
        }
        (true, n) => Ok(n),
        (false, _) => std::future::pending().await,
    }
}

fn resets() -> impl persevere::Policy<io::Result<u32>> {
    persevere::RetryPolicy::new()
        .wait(persevere::wait::none())
        .reset_after(SECOND)
}

#[retry(policy = resets(), hedge = delay(1s), attempt_timeout = 2s)]
async fn cut_by_a_policy(tries: &Tries) -> io::Result<u32> {
    tries.next();
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_hedged_attempt_that_was_cut_resets_nothing() {
    let tries = Tries::new();
    cut_again_and_again(&tries, false).await.unwrap_err();
    assert_eq!(tries.made(), 6);
    let tries = Tries::new();
    cut_by_a_policy(&tries).await.unwrap_err();
    assert_eq!(tries.made(), 6);
    // One that failed by itself still does.
    let tries = Tries::new();
    assert!(cut_again_and_again(&tries, true).await.unwrap() > 6);
}
