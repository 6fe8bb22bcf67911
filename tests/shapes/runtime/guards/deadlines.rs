//! Deadlines.

use super::*;

#[retry(stop = never(), wait = 1s, deadline = 10s)]
async fn ten_seconds(tries: &Tries, attempt: Duration) -> io::Result<u32> {
    tries.next();
    tokio::time::sleep(attempt).await;
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_for_attempts_of_any_length() {
    for millis in [0, 1, 333, 999, 1000, 4000, 8999, 9000, 9001, 100_000] {
        let paused = tokio::time::Instant::now();
        let error = ten_seconds(&Tries::new(), Duration::from_millis(millis)).await;
        let elapsed = paused.elapsed();
        assert!(elapsed <= 10 * SECOND, "{millis}: {elapsed:?}");
        // What an earlier attempt returned is the outcome; only without one is it the interrupt.
        let cut = interrupt_of(&error.unwrap_err());
        let first_was_cut = millis > 10_000;
        assert_eq!(
            cut,
            first_was_cut.then_some(Interrupt::Deadline),
            "{millis}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_cannot_fit_ends_the_call_at_once() {
    let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
    assert!(
        ten_seconds(&tries, Duration::from_millis(8999))
            .await
            .is_err()
    );
    assert_eq!(tries.made(), 2);
    // The second attempt is in flight when the time is over.
    assert_eq!(paused.elapsed().as_secs(), 10);
    let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
    assert!(
        ten_seconds(&tries, Duration::from_millis(9000))
            .await
            .is_err()
    );
    assert_eq!(tries.made(), 1);
    assert_eq!(paused.elapsed().as_secs(), 9);
}

#[retry(deadline = end)]
async fn by(end: Option<Instant>, tries: &Tries) -> io::Result<u32> {
    Ok(tries.next())
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_past_makes_no_attempt() {
    let now = tokio::time::Instant::now().into_std();
    let tries = Tries::new();
    let error = by(Some(now), &tries).await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    assert_eq!(tries.made(), 0);
    assert_eq!(by(Some(now + SECOND), &tries).await.unwrap(), 1);
    assert_eq!(by(None, &tries).await.unwrap(), 2);
}

#[retry(stop = never(), wait = 4s, deadline = 10s, attempt = at)]
async fn told(seen: &std::cell::RefCell<Vec<u64>>) -> io::Result<u32> {
    tokio::time::sleep(SECOND).await;
    let left = at.remaining().expect("there is a deadline");
    seen.borrow_mut().push(left.as_secs());
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_told_the_time_that_is_left() {
    let seen = std::cell::RefCell::default();
    assert!(told(&seen).await.is_err());
    assert_eq!(*seen.borrow(), [9, 4]);
}

#[retry(deadline = 1h, attempt_timeout = 5s, attempt = at)]
async fn told_the_nearer() -> io::Result<Option<Duration>> {
    Ok(at.remaining())
}

#[tokio::test(start_paused = true)]
async fn the_nearer_of_two_limits_is_told() {
    assert_eq!(told_the_nearer().await.unwrap(), Some(5 * SECOND));
}

#[retry(stop = never(), wait = none(), deadline = limit)]
fn blocking(limit: Duration, tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[test]
fn a_blocking_call_has_a_deadline() {
    let tries = Tries::new();
    assert!(blocking(Duration::from_millis(1), &tries).is_err());
    assert!(tries.made() >= 1);
    let error = blocking(Duration::ZERO, &Tries::new()).unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
}

#[retry(deadline = 1s, wrap_err = true)]
async fn wrapped(slow: Duration) -> Result<(), RetryError<io::Error>> {
    tokio::time::sleep(slow).await;
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn the_reason_is_told() {
    let error = wrapped(5 * SECOND).await.unwrap_err();
    assert_eq!(
        (error.reason(), error.attempts()),
        (StopReason::Deadline, 1)
    );
    assert_eq!(error.elapsed(), SECOND);
}

#[retry(deadline = SECOND, attempt = at, wrap_err = true, fallback = |_| Ok("yesterday's"))]
async fn hopeless() -> Result<&'static str, RetryError<io::Error>> {
    at.give_up();
    std::future::pending().await
}

/// A body that was cut has no say in what follows.
#[tokio::test(start_paused = true)]
async fn marks_of_an_attempt_that_the_deadline_cuts_do_not_count() {
    assert_eq!(hopeless().await.unwrap(), "yesterday's");
}
