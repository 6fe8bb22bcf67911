//! A deadline bounds the whole call: callbacks and fallbacks that await too.

use std::future::pending;

use tokio::time::{Instant, sleep};

use super::*;

const MS: Duration = Duration::from_millis(1);

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
