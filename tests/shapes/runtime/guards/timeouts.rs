//! Attempts that take too long.

use super::*;

#[retry(attempt_timeout = 2s, wait = 1s)]
async fn stalls(tries: &Tries) -> io::Result<u32> {
    let n = tries.next();
    if n < 3 {
        std::future::pending::<()>().await;
    }
    Ok(n)
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_stalls_is_cut_and_tried_again() {
    let paused = tokio::time::Instant::now();
    assert_eq!(stalls(&Tries::new()).await.unwrap(), 3);
    assert_eq!(paused.elapsed().as_secs(), 2 + 1 + 2 + 1);
}

#[retry(
    attempt_timeout = 2s,
    wait = none(),
    on = Err(Refused(7)),
    interrupt = |interrupt| {
        assert_eq!(interrupt, Interrupt::AttemptTimeout);
        Err(Refused(code))
    },
)]
async fn judged(code: u32, tries: &Tries) -> Result<u32, Refused> {
    tries.next();
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_judged_as_any_other_outcome() {
    let tries = Tries::new();
    assert_eq!(judged(7, &tries).await, Err(Refused(7)));
    assert_eq!(tries.made(), 3);
    let tries = Tries::new();
    assert_eq!(judged(8, &tries).await, Err(Refused(8)));
    assert_eq!(tries.made(), 1);
}

#[retry(attempt_timeout = 2s, wait = 1s, sleep = async |pause| { told.next(); tokio::time::sleep(pause).await })]
async fn own_sleeper(told: &Tries) -> Option<u32> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn timers_are_made_by_the_own_sleeper() {
    let told = Tries::new();
    assert_eq!(own_sleeper(&told).await, None);
    assert_eq!(told.made(), 3 + 2);
}

/// Each message takes a unit of the task's budget: none is left to a timer that is polled after it.
#[retry(attempt_timeout = 20ms, deadline = 50ms, wait = none(), stop = never())]
async fn never_runs_dry(tries: &Tries) -> io::Result<u32> {
    tries.next();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    (0..200).for_each(|n| sender.send(n).unwrap());
    while let Some(n) = receiver.recv().await {
        sender.send(n).unwrap();
        if n == 0 {
            tokio::time::advance(Duration::from_millis(1)).await;
        }
    }
    Ok(0)
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_always_ready_is_cut() {
    let (start, tries) = (tokio::time::Instant::now(), Tries::new());
    assert_eq!(
        never_runs_dry(&tries).await.unwrap_err().kind(),
        io::ErrorKind::TimedOut
    );
    assert!((50..60).contains(&start.elapsed().as_millis()));
    assert_eq!(tries.made(), 3);
}

#[retry(attempt_timeout = 2s, reset_after = 1s, wait = none())]
async fn always_cut(tries: &Tries) -> io::Result<u32> {
    tries.next();
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_cut_resets_nothing() {
    let tries = Tries::new();
    always_cut(&tries).await.unwrap_err();
    assert_eq!(tries.made(), 3);
}
