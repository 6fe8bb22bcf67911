//! Which clock is read, and when.

use crate::common::{Refused, Tries};
use persevere::{RetryStats, retry};
use std::cell::Cell;
use std::time::Duration;

#[retry(stop = after_delay(1h), wait = exponential(1min).max(10min))]
async fn an_hour(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(stop = before_delay(1h), wait = 7min, before_sleep = |s| last.set(s.elapsed()))]
async fn under_an_hour(last: &Cell<Duration>) -> Result<u32, Refused> {
    Err(Refused(0))
}

#[retry(stop = after_attempt(3), wait = none(), reset_after = 5min, when = err(|e| e.0 < 9))]
async fn restarted(tries: &Tries) -> Result<u32, Refused> {
    tokio::time::sleep(Duration::from_secs(600)).await;
    Err(Refused(tries.next()))
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_drives_everything() {
    let paused = tokio::time::Instant::now();
    assert!(an_hour(&Tries::new()).await.is_err());
    assert!(paused.elapsed() >= Duration::from_secs(3600));
    let (paused, last) = (tokio::time::Instant::now(), Cell::default());
    assert!(under_an_hour(&last).await.is_err());
    assert_eq!(paused.elapsed().as_secs(), 8 * 7 * 60);
    assert_eq!(last.get().as_secs(), 7 * 7 * 60);
    assert_eq!(restarted(&Tries::new()).await, Err(Refused(9)));
}

#[tokio::test]
async fn pause_stops_the_clock() {
    tokio::time::pause();
    let paused = tokio::time::Instant::now();
    assert!(an_hour(&Tries::new()).await.is_err());
    assert!(paused.elapsed() >= Duration::from_secs(3600));
}

#[retry(stop = after_attempt(3), wait = 1s, reset_after = 5s, sleep = oversleep)]
async fn overslept(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

fn oversleep(pause: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(pause + Duration::from_secs(60))
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_takes_longer_is_no_long_attempt() {
    let tries = Tries::new();
    assert!(overslept(&tries).await.is_err());
    assert_eq!(tries.made(), 3);
}

#[retry(
    case(Err(Refused(n)) if *n < 5, stop = never(), wait = fixed(Duration::from_secs(u64::from(*n)))),
    case(Err(Refused(5)), stop = after_attempt(2), wait = 1h, before_sleep = async |_| refresh().await),
)]
async fn classes(tries: &Tries) -> Result<u32, Refused> {
    match tries.next() {
        n @ 6.. => Ok(n),
        n => Err(Refused(n)),
    }
}

async fn refresh() {
    tokio::time::sleep(Duration::from_secs(100)).await;
}

#[tokio::test(start_paused = true)]
async fn each_case_pauses_as_it_says() {
    let paused = tokio::time::Instant::now();
    assert_eq!(classes(&Tries::new()).await, Ok(6));
    assert_eq!(paused.elapsed().as_secs(), 1 + 2 + 3 + 4 + 100 + 3600);
}

static STATS: RetryStats = RetryStats::new();

#[retry(wait = 1h, stats = &STATS)]
async fn sleeps(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_sleeps_no_longer() {
    let tries = Tries::new();
    let cut = tokio::time::timeout(Duration::from_secs(1800), sleeps(&tries)).await;
    assert!(cut.is_err());
    assert_eq!((tries.made(), STATS.asleep()), (1, 0));
}

#[retry(sleep = |_| panic!("a pause after a success"))]
fn no_pause() -> Option<u32> {
    Some(1)
}

#[retry]
async fn no_runtime() -> Option<u32> {
    Some(1)
}

#[test]
fn a_success_needs_no_timer() {
    assert_eq!(no_pause(), Some(1));
    assert_eq!(crate::common::block_on(no_runtime()), Some(1));
}

#[retry(wait = none(), stop = never())]
async fn polls(tries: &Tries) -> Result<u32, Refused> {
    match tries.next() {
        10_000.. => Ok(0),
        n => Err(Refused(n)),
    }
}

#[tokio::test]
async fn a_pause_of_zero_lets_others_run() {
    let tries = std::sync::Arc::new(Tries::new());
    let polled = std::sync::Arc::clone(&tries);
    let task = tokio::spawn(async move { polls(&polled).await });
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert!(tries.made() < 1_000);
    assert_eq!(task.await.ok(), Some(Ok(0)));
}

/// Functions whose pauses are zero, or not, with a sleeper that never waits.
macro_rules! zeros {
    ($($name:ident [$($key:tt)*] [$($mark:ident $(($pause:expr))?)?])+) => {$(
        #[retry(stop = after_attempt(100), sleep = skip, attempt = at, $($key)*)]
        async fn $name(tries: &Tries) -> Result<u32, Refused> {
            let _ = &at;
            $(at.$mark($($pause)?);)?
            Err(Refused(tries.next()))
        }
    )+};
}

fn zero() -> Duration {
    std::hint::black_box(Duration::ZERO)
}

fn skip(_: Duration) -> std::future::Ready<()> {
    std::future::ready(())
}

zeros! {
    hinted [wait = 1h] [retry_now]
    hinted_by_zero [wait = 1h] [retry_after(zero())]
    fixed [wait = fixed(zero())] []
    bare [wait = self::zero()] []
    capped [wait = exponential(1s).max(zero()).full_jitter()] []
    own [wait = |_| Duration::ZERO] []
    of_a_case [wait = 1h, case(Err(Refused(1..)), wait = fixed(zero()))] []
    by_policy [policy = persevere::RetryPolicy::new(), wait = none()] []
    never_zero [wait = exponential(1s).full_jitter()] []
}

/// Whether others run while the call fails a hundred times.
async fn yields(call: impl Future<Output = Result<u32, Refused>>) -> bool {
    tokio::select! {
        biased;
        _ = call => false,
        () = tokio::task::yield_now() => true,
    }
}

#[tokio::test]
async fn whatever_makes_every_pause_zero_others_run() {
    let tries = &Tries::new();
    assert!(yields(hinted(tries)).await);
    assert!(yields(fixed(tries)).await);
    assert!(yields(bare(tries)).await);
    assert!(yields(capped(tries)).await);
    assert!(yields(own(tries)).await);
    assert!(yields(of_a_case(tries)).await);
    assert!(yields(by_policy(tries)).await);
    // A sleeper that never waits keeps the thread by itself.
    assert!(!yields(never_zero(tries)).await);
    // A hint of zero is none.
    assert!(!yields(hinted_by_zero(tries)).await);
}
