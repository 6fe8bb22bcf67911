//! Tokens that end a call.

use super::*;
use persevere::CancelToken;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[retry(stop = after_attempt(5) | cancelled(token), wait = 1h, wrap_err = true)]
async fn paused(token: &CancelToken, tries: &Tries) -> Result<u32, RetryError<Refused>> {
    Err(Refused(tries.next()))
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_a_pause_at_once() {
    let token = Arc::new(CancelToken::new());
    let cancels = Arc::clone(&token);
    tokio::spawn(async move {
        tokio::time::sleep(90 * SECOND).await;
        cancels.cancel();
    });
    let paused_clock = tokio::time::Instant::now();
    let error = paused(&token, &Tries::new()).await.unwrap_err();
    assert_eq!(paused_clock.elapsed(), 90 * SECOND);
    assert_eq!(
        (error.reason(), error.attempts()),
        (StopReason::Cancelled, 1)
    );
    assert_eq!(error.into_last(), Some(Refused(1)));
}

#[retry(stop = cancelled(token).abort_attempt())]
async fn cut(token: &CancelToken) -> io::Result<u32> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cuts_ends_the_attempt() {
    let token = CancelToken::new();
    let (outcome, ()) = tokio::join!(cut(&token), async {
        tokio::time::sleep(SECOND).await;
        token.cancel();
    });
    assert_eq!(
        interrupt_of(&outcome.unwrap_err()),
        Some(Interrupt::Cancelled)
    );
}

fn limits<'a>(flag: &'a AtomicBool) -> impl persevere::Stop + 'a {
    persevere::stop::after_attempt(3) | persevere::stop::cancelled(flag)
}

#[retry(stop = limits(flag), wait = 1h)]
async fn flagged(flag: &AtomicBool, tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[tokio::test(start_paused = true)]
async fn a_flag_is_asked_while_a_call_pauses() {
    let (flag, tries) = (AtomicBool::new(false), Tries::new());
    let (outcome, ()) = tokio::join!(flagged(&flag, &tries), async {
        tokio::time::sleep(SECOND).await;
        flag.store(true, Ordering::Release);
    });
    assert_eq!(outcome, Err(Refused(1)));
}

#[retry(stop = cancelled(&*token), wait = 1h)]
fn blocking(token: Arc<CancelToken>, tries: &Tries) -> Result<u32, Refused> {
    let n = tries.next();
    let cancels = Arc::clone(&token);
    std::thread::spawn(move || cancels.cancel());
    Err(Refused(n))
}

#[test]
fn a_token_wakes_a_blocking_call() {
    assert_eq!(
        blocking(Arc::new(CancelToken::new()), &Tries::new()),
        Err(Refused(1))
    );
}

#[retry(policy = policy, stop = cancelled(token).abort_attempt())]
async fn cut_beside_a_policy(
    policy: &impl persevere::Policy<io::Result<u32>>,
    token: &CancelToken,
) -> io::Result<u32> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cuts_beside_a_policy_without_guards_ends_the_attempt() {
    let (policy, token) = (persevere::RetryPolicy::new(), CancelToken::new());
    let (outcome, ()) = tokio::join!(cut_beside_a_policy(&policy, &token), async {
        tokio::time::sleep(SECOND).await;
        token.cancel();
    });
    assert_eq!(
        interrupt_of(&outcome.unwrap_err()),
        Some(Interrupt::Cancelled)
    );
}
