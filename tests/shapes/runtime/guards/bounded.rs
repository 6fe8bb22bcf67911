//! A deadline bounds the whole call: callbacks and fallbacks that await, sleepers of the user's own, and waits
//! for a breaker too.

use std::future::pending;

use persevere::{CancelToken, Policy, RetryPolicy, wait};
use tokio::time::{Instant, sleep};

use super::*;

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

fn elapsed(start: Instant) -> u128 {
    start.elapsed().as_millis()
}

/// Input: a key. Output: a function whose callback of that key never returns.
macro_rules! hangs {
    ($($name:ident $key:ident $fails:expr;)+) => {$(
        #[retry(deadline = 50ms, wait = 10ms, $key = async |_| pending::<()>().await)]
        async fn $name(tries: &Tries) -> io::Result<u32> {
            match ($fails, tries.next()) {
                (true, _) => Err(refused()),
                (false, n) => Ok(n),
            }
        }
    )+};
}

hangs! {
    before before true;
    after after true;
    before_sleep before_sleep true;
    on_failure on_failure true;
    on_success on_success false;
}

#[tokio::test(start_paused = true)]
async fn callbacks_that_hang_end_by_the_deadline() {
    let tries = Tries::new();
    let start = Instant::now();
    assert!(before(&tries).await.is_err());
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    assert!(after(&tries).await.is_err());
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    assert_eq!(
        before_sleep(&tries).await.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    assert_eq!(
        on_failure(&tries).await.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    assert!(on_success(&tries).await.is_ok());
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
}

/// The pause was decided before a callback took most of what was left.
#[retry(deadline = 100ms, wait = 60ms, before_sleep = async |_| sleep(80 * MS).await)]
async fn slow_to_tell(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_pause_after_a_slow_callback_ends_by_the_deadline() {
    let (start, tries) = (Instant::now(), Tries::new());
    slow_to_tell(&tries).await.unwrap_err();
    assert!((100..110).contains(&elapsed(start)), "{}", elapsed(start));
    assert_eq!(tries.made(), 1);
}

#[retry(deadline = 50ms, fallback = async |_| { sleep(took).await; Ok(7) })]
async fn falls_back(took: Duration) -> io::Result<u32> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_fallback_past_the_deadline_is_polled_once() {
    let start = Instant::now();
    assert_eq!(falls_back(Duration::ZERO).await.unwrap(), 7);
    let error = falls_back(SECOND).await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    assert!((100..120).contains(&elapsed(start)), "{}", elapsed(start));
}

#[retry(deadline = 500ms, fallback = within(200ms, async |_| { sleep(took).await; Ok(7) }))]
async fn has_time_of_its_own(took: Duration) -> io::Result<u32> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_fallback_has_the_time_that_is_reserved_for_it() {
    let start = Instant::now();
    assert_eq!(has_time_of_its_own(150 * MS).await.unwrap(), 7);
    assert!((450..460).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    let error = has_time_of_its_own(SECOND).await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    assert!((500..510).contains(&elapsed(start)), "{}", elapsed(start));
}

#[retry(deadline = 10s, wait = 4s, fallback = within(5s, |_| Ok(7)), sleep = |_| (), attempt = at)]
fn reserves_of_a_blocking_call() -> io::Result<u32> {
    assert!(at.remaining().unwrap() <= 5 * SECOND);
    Err(refused())
}

#[test]
fn a_blocking_call_reserves_too() {
    assert_eq!(reserves_of_a_blocking_call().unwrap(), 7);
}

#[retry(deadline = 50ms, wait = 10ms, sleep = async |pause| sleep(100 * pause).await)]
async fn sleeps_long(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

static TOKEN: CancelToken = CancelToken::new();

#[retry(deadline = 50ms, wait = 10ms, stop = cancelled(&TOKEN), sleep = long)]
async fn sleeps_long_beside_a_token(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

fn long(pause: Duration) -> tokio::time::Sleep {
    sleep(100 * pause)
}

fn by_policy() -> impl Policy<io::Result<u32>> {
    RetryPolicy::new()
        .wait(wait::fixed(10 * MS))
        .deadline(50 * MS)
        .sleep_async(long)
}

#[retry(policy = by_policy())]
async fn sleeps_long_by_its_policy(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_that_takes_longer_than_asked_ends_by_the_deadline() {
    let (start, tries) = (Instant::now(), Tries::new());
    sleeps_long(&tries).await.unwrap_err();
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    sleeps_long_beside_a_token(&tries).await.unwrap_err();
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    sleeps_long_by_its_policy(&tries).await.unwrap_err();
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    assert_eq!(tries.made(), 3);
}

#[retry(deadline = 50ms, attempt_timeout = 10ms, sleep = async |_| pending::<()>().await)]
async fn hangs(tries: &Tries) -> io::Result<u32> {
    tries.next();
    pending().await
}

#[retry(policy = by_policy())]
async fn hangs_by_its_policy(tries: &Tries) -> io::Result<u32> {
    tries.next();
    pending().await
}

#[retry(deadline = 50ms, hedge = delay(1ms), sleep = long)]
async fn hangs_twice(tries: &Tries) -> io::Result<u32> {
    tries.next();
    pending().await
}

#[tokio::test(start_paused = true)]
async fn an_attempt_beside_a_sleeper_that_is_late_ends_by_the_deadline() {
    let (start, tries) = (Instant::now(), Tries::new());
    let error = hangs(&tries).await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    hangs_by_its_policy(&tries).await.unwrap_err();
    hangs_twice(&tries).await.unwrap_err();
    let policy = by_policy();
    policy.run_async(pending).await.unwrap_err();
    let hedged = RetryPolicy::new()
        .deadline(50 * MS)
        .sleep_async(long)
        .hedge(persevere::hedge::delay(MS));
    hedged
        .run_async(pending::<io::Result<u32>>)
        .await
        .unwrap_err();
    assert!((250..265).contains(&elapsed(start)), "{}", elapsed(start));
}

#[retry(deadline = 50ms, wait = 10ms, sleep = async |_| (), before_sleep = async |_| sleep(took).await)]
async fn takes_no_time(tries: &Tries, took: Duration) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[retry(policy = by_policy(), before_sleep = async |_| pending::<()>().await)]
async fn hangs_beside_a_policy(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn callbacks_beside_a_sleeper_are_cut_by_the_deadline_alone() {
    let (start, tries) = (Instant::now(), Tries::new());
    takes_no_time(&tries, 20 * MS).await.unwrap_err();
    assert_eq!(elapsed(start), 40);
    assert_eq!(tries.made(), 3);
    let start = Instant::now();
    takes_no_time(&tries, SECOND).await.unwrap_err();
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
    let start = Instant::now();
    hangs_beside_a_policy(&tries).await.unwrap_err();
    assert!((50..60).contains(&elapsed(start)), "{}", elapsed(start));
}

#[retry(deadline = 1h, wait = 10ms, sleep = async |_| ())]
async fn sleeps_without_timers(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[test]
fn a_sleeper_of_its_own_needs_no_timer_of_ours() {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    let tries = Tries::new();
    let polled = pin!(sleeps_without_timers(&tries)).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Err(_))));
    assert_eq!(tries.made(), 3);

    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .unwrap()
        .block_on(sleeps_without_timers(&tries))
        .unwrap_err();
    assert_eq!(tries.made(), 6);
}

/// A breaker that opens for another while as soon as it lets a call through.
fn opened(open: Duration) -> CircuitBreaker {
    let breaker = CircuitBreaker::new("test").consecutive(1).open_for(open);
    breaker.try_enter().unwrap().failure();
    breaker
}

#[retry(deadline = 50ms, breaker = wait_for(breaker))]
async fn waits(breaker: &CircuitBreaker) -> io::Result<u32> {
    Ok(1)
}

#[retry(deadline = 50ms, breaker = wait_for(breaker), sleep = long)]
async fn waits_long(breaker: &CircuitBreaker) -> io::Result<u32> {
    Ok(1)
}

#[retry(deadline = 50ms, breaker = wait_for(breaker))]
fn blocks(breaker: &CircuitBreaker) -> io::Result<u32> {
    Ok(1)
}

fn patient(breaker: &CircuitBreaker) -> impl Policy<io::Result<u32>> {
    RetryPolicy::new()
        .deadline(50 * MS)
        .breaker(persevere::breaker::wait_for(breaker))
}

/// A call, beside another one that takes the only probe of its breaker and keeps it.
async fn beside_a_probe<T>(breaker: &CircuitBreaker, call: impl Future<Output = T>) -> (T, u128) {
    let start = Instant::now();
    let probe = async {
        sleep(30 * MS).await;
        let probe = breaker.try_enter();
        sleep(HOUR).await;
        probe
    };
    tokio::select! {
        outcome = call => (outcome, elapsed(start)),
        _ = probe => panic!("waited too long"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_breaker_that_does_not_close_ends_by_the_deadline() {
    let breaker = opened(30 * MS);
    let (outcome, took) = beside_a_probe(&breaker, waits(&breaker)).await;
    assert!((30..=52).contains(&took) && outcome.is_err(), "{took}");
    let breaker = opened(30 * MS);
    let (outcome, took) = beside_a_probe(&breaker, waits_long(&breaker)).await;
    let interrupt = interrupt_of(&outcome.unwrap_err());
    assert_eq!(interrupt, Some(Interrupt::Deadline));
    assert!((50..=52).contains(&took), "{took}");
    let breaker = opened(30 * MS);
    let policy = patient(&breaker);
    let call = policy.run_async(async || Ok(1));
    let (outcome, took) = beside_a_probe(&breaker, call).await;
    assert!((30..=52).contains(&took) && outcome.is_err(), "{took}");
    // One that stays open for longer refuses the call at once.
    let breaker = opened(HOUR);
    let (outcome, took) = beside_a_probe(&breaker, waits(&breaker)).await;
    assert!(matches!(
        interrupt_of(&outcome.unwrap_err()),
        Some(Interrupt::CircuitOpen { .. })
    ));
    assert_eq!(took, 0);
}

#[test]
fn a_thread_that_waits_for_a_breaker_goes_on_by_the_deadline() {
    use persevere::testing::{Scope, VirtualClock};

    for by_policy in [false, true] {
        let clock = VirtualClock::new();
        let (outcome, took) = Scope::new().clock(&clock).run(|| {
            // Its only probe is taken, and not heard of again.
            let breaker = opened(100 * MS);
            clock.advance(100 * MS);
            let _probe = breaker.try_enter().unwrap();
            let start = clock.elapsed();
            let outcome = match by_policy {
                true => patient(&breaker).run(|| Ok(1)),
                false => blocks(&breaker),
            };
            (outcome, clock.elapsed() - start)
        });
        assert!(outcome.is_err());
        assert!(took <= 50 * MS, "{took:?}");
    }
}
