//! Each found by somebody who had the documentation alone.

use super::*;
use persevere::CancelToken;

#[retry(stop = after_attempt(1), breaker = breaker)]
async fn after(slow: u32, fails: bool, breaker: &CircuitBreaker) -> io::Result<()> {
    tokio::time::sleep(slow * SECOND).await;
    if fails { Err(refused()) } else { Ok(()) }
}

fn paused(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.unwrap().block_on(test);
}

/// A clock that was paused earlier is behind that of the runtime which first asked.
#[test]
fn breakers_of_several_paused_runtimes_open_and_close() {
    let breakers = [(); 3].map(|()| {
        CircuitBreaker::new("test")
            .consecutive(1)
            .open_for(5 * SECOND)
    });
    for breaker in &breakers {
        paused(async {
            assert!(after(60, true, breaker).await.is_err());
            assert!(after(0, false, breaker).await.is_err());
            tokio::time::advance(6 * SECOND).await;
            assert!(after(0, false, breaker).await.is_ok());
        });
    }
}

#[retry(
    stop = after_attempt(1), hedge = delay(500ms), attempt_timeout = 2s, deadline = limit,
    attempt = at,
)]
async fn told(limit: Option<Duration>) -> io::Result<Option<Duration>> {
    Ok(at.remaining())
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_told_its_own_limit() {
    assert_eq!(told(None).await.unwrap(), Some(2 * SECOND));
    assert_eq!(told(Some(10 * SECOND)).await.unwrap(), Some(2 * SECOND));
    assert_eq!(told(Some(SECOND)).await.unwrap(), Some(SECOND));
}

#[retry(stop = cancelled(token).abort_attempt())]
async fn shut_down(token: &CancelToken, tries: &Tries) -> io::Result<u32> {
    Ok(tries.next())
}

#[tokio::test]
async fn a_call_that_begins_after_its_token_makes_no_attempt() {
    let (token, tries) = (CancelToken::new(), Tries::new());
    assert_eq!(shut_down(&token, &tries).await.unwrap(), 1);
    token.cancel();
    let error = shut_down(&token, &tries).await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Cancelled));
    assert_eq!(tries.made(), 1);
}

#[retry(wait = 20s, breaker = breaker)]
async fn opens(breaker: &CircuitBreaker) -> io::Result<()> {
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn nobody_pauses_for_a_refusal_that_is_known() {
    let breaker = CircuitBreaker::new("test")
        .consecutive(1)
        .open_for(60 * SECOND);
    let start = tokio::time::Instant::now();
    assert_eq!(
        opens(&breaker).await.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
    // A breaker that may be closed again by then is asked again.
    let breaker = CircuitBreaker::new("test")
        .consecutive(1)
        .open_for(10 * SECOND);
    assert!(opens(&breaker).await.is_err());
    assert_eq!(start.elapsed(), 40 * SECOND);
}
