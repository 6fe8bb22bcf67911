//! Tokens that cut, wherever the stop shows it or hides it.

use std::future::{Future, pending};

use persevere::{CancelToken, Policy, Progress, RetryPolicy};
use persevere::{Stop, stop};

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// The result of a call whose token is cancelled after a second; nothing within an hour otherwise.
async fn cancelled<T>(token: &CancelToken, call: impl Future<Output = T>) -> Option<T> {
    let cancel = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        token.cancel();
    };
    tokio::join!(tokio::time::timeout(HOUR, call), cancel)
        .0
        .ok()
}

/// Hides from the compiler that it cuts.
struct Own(stop::AbortAttempt<&'static CancelToken>);

impl Stop for Own {
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.0.stop(progress)
    }

    fn cancellation(&self) -> persevere::__private::Cancellation<'_> {
        self.0.cancellation()
    }

    fn abort_signal(&self) -> persevere::__private::Cancellation<'_> {
        self.0.abort_signal()
    }

    fn aborts_attempt(&self) -> bool {
        self.0.aborts_attempt()
    }
}

fn boxed(token: &CancelToken) -> Box<dyn Stop + Send + Sync + '_> {
    Box::new(stop::after_attempt(3) | stop::cancelled(token).abort_attempt())
}

fn opaque(token: &CancelToken) -> impl Stop {
    stop::after_attempt(3) | stop::cancelled(token).abort_attempt()
}

#[retry(stop = boxed(token))]
async fn by_a_box(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

#[retry(stop = after_attempt(9) | opaque(token))]
async fn by_an_opaque_one(token: &CancelToken) -> Option<u32> {
    pending().await
}

#[retry(stop = Own(stop::cancelled(token).abort_attempt()), interrupt = |_| Err(Refused(7)))]
async fn by_one_of_its_own(token: &'static CancelToken) -> Result<u32, Refused> {
    pending().await
}

#[retry(stop = boxed(token), wrap_err = true)]
async fn wrapped(token: &CancelToken) -> Result<u32, persevere::RetryError<Refused>> {
    pending().await
}

#[retry(stop = boxed(token), deadline = 9h)]
async fn beside_a_guard(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_hidden_token_cuts_a_first_attempt() {
    let token = CancelToken::new();
    assert!(cancelled(&token, by_a_box(&token)).await.unwrap().is_err());
    let token = CancelToken::new();
    assert_eq!(
        cancelled(&token, by_an_opaque_one(&token)).await,
        Some(None)
    );
    static TOKEN: CancelToken = CancelToken::new();
    assert_eq!(
        cancelled(&TOKEN, by_one_of_its_own(&TOKEN)).await,
        Some(Err(Refused(7)))
    );
    let token = CancelToken::new();
    let error = cancelled(&token, wrapped(&token))
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(
        (error.reason(), error.attempts()),
        (StopReason::Cancelled, 1)
    );
    let token = CancelToken::new();
    assert!(
        cancelled(&token, beside_a_guard(&token))
            .await
            .unwrap()
            .is_err()
    );
}

/// Nothing can stand for an attempt of this type without one before it.
#[retry(stop = boxed(token), wait = none())]
async fn has_no_other_outcome(
    token: &CancelToken,
    tries: &Tries,
    hangs: u32,
) -> Result<u32, Refused> {
    let n = tries.next();
    match n == hangs {
        true => pending().await,
        false => tokio::time::sleep(Duration::from_secs(2)).await,
    }
    Err(Refused(n))
}

#[tokio::test(start_paused = true)]
async fn a_hidden_token_cuts_by_the_outcome_before_or_ends_the_call_after_the_attempt() {
    let (token, tries) = (CancelToken::new(), Tries::new());
    let call = has_no_other_outcome(&token, &tries, 9);
    assert_eq!(cancelled(&token, call).await, Some(Err(Refused(1))));
    assert_eq!(tries.made(), 1);

    let (token, tries) = (CancelToken::new(), Tries::new());
    let cancel = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        token.cancel();
    };
    let call = tokio::time::timeout(HOUR, has_no_other_outcome(&token, &tries, 2));
    assert_eq!(tokio::join!(call, cancel).0.unwrap(), Err(Refused(1)));
    assert_eq!(tries.made(), 2);
}

fn by_policy<T>(token: &CancelToken) -> impl Policy<io::Result<T>> {
    RetryPolicy::new().stop(stop::cancelled(token).abort_attempt())
}

#[retry(policy = by_policy(token))]
async fn by_a_policy(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

#[retry(policy = RetryPolicy::new(), stop = cancelled(token).abort_attempt())]
async fn beside_a_policy(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn the_token_of_a_policy_cuts_a_first_attempt() {
    let token = CancelToken::new();
    assert!(
        cancelled(&token, by_a_policy(&token))
            .await
            .unwrap()
            .is_err()
    );
    let token = CancelToken::new();
    assert!(
        cancelled(&token, beside_a_policy(&token))
            .await
            .unwrap()
            .is_err()
    );
}

/// Input: a key. Output: a function whose callback of that key never returns.
macro_rules! hangs {
    ($($name:ident $key:ident $outcome:expr;)+) => {$(
        #[retry(stop = cancelled(token).abort_attempt(), $key = async |_| pending::<()>().await)]
        async fn $name(token: &CancelToken) -> io::Result<u32> {
            $outcome
        }
    )+};
}

hangs! {
    before before Err(refused());
    after after Err(refused());
    before_sleep before_sleep Err(refused());
    on_success on_success Ok(7);
}

#[retry(stop = boxed(token), on_failure = async |_| pending::<()>().await)]
async fn on_failure(token: &CancelToken) -> io::Result<u32> {
    Err(refused())
}

#[retry(
    policy = RetryPolicy::new(),
    stop = cancelled(token).abort_attempt(),
    before_sleep = async |_| pending::<()>().await,
)]
async fn before_sleep_beside_a_policy(token: &CancelToken) -> io::Result<u32> {
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cuts_ends_callbacks() {
    let token = CancelToken::new();
    let error = cancelled(&token, before(&token))
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Cancelled));
    let token = CancelToken::new();
    let after = cancelled(&token, after(&token)).await.unwrap();
    assert_eq!(after.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    let token = CancelToken::new();
    let before_sleep = cancelled(&token, before_sleep(&token)).await.unwrap();
    assert_eq!(
        before_sleep.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    let token = CancelToken::new();
    assert_eq!(
        cancelled(&token, on_success(&token))
            .await
            .unwrap()
            .unwrap(),
        7
    );
    let token = CancelToken::new();
    let on_failure = cancelled(&token, on_failure(&token)).await.unwrap();
    assert_eq!(on_failure.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    let token = CancelToken::new();
    let beside = cancelled(&token, before_sleep_beside_a_policy(&token)).await;
    assert_eq!(
        beside.unwrap().unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[retry(stop = cancelled(token).abort_attempt(), fallback = async |_| { tokio::time::sleep(took).await; Ok(7) })]
async fn falls_back(token: &CancelToken, took: Duration) -> io::Result<u32> {
    pending().await
}

#[retry(deadline = 9h, stop = boxed(token), fallback = async |_| pending().await)]
async fn falls_back_before_a_deadline(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

/// Its type has nothing that stands for a fallback that is cut.
#[retry(stop = boxed(token), fallback = async |_| { tokio::time::sleep(SECOND).await; Ok(7) })]
async fn falls_back_at_leisure(token: &CancelToken) -> Result<u32, Refused> {
    tokio::time::sleep(2 * SECOND).await;
    Err(Refused(1))
}

#[tokio::test(start_paused = true)]
async fn a_fallback_past_a_token_that_cuts_is_polled_once() {
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back(&token, Duration::ZERO)).await;
    assert_eq!(outcome.unwrap().unwrap(), 7);
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back(&token, SECOND)).await;
    assert_eq!(
        interrupt_of(&outcome.unwrap().unwrap_err()),
        Some(Interrupt::Cancelled)
    );
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back_before_a_deadline(&token)).await;
    assert_eq!(
        interrupt_of(&outcome.unwrap().unwrap_err()),
        Some(Interrupt::Cancelled)
    );
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back_at_leisure(&token)).await;
    assert_eq!(outcome.unwrap(), Ok(7));
}

fn opened() -> CircuitBreaker {
    let breaker = CircuitBreaker::new("test")
        .consecutive(1)
        .open_for(24 * HOUR);
    breaker.try_enter().unwrap().failure();
    breaker
}

#[retry(breaker = wait_for(breaker), stop = cancelled(token).abort_attempt())]
async fn waits(breaker: &CircuitBreaker, token: &CancelToken) -> io::Result<u32> {
    Ok(1)
}

#[retry(breaker = wait_for(breaker), stop = cancelled(token).abort_attempt())]
fn blocks(breaker: &CircuitBreaker, token: &CancelToken) -> io::Result<u32> {
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cuts_ends_a_wait_for_a_breaker() {
    let (breaker, token) = (opened(), CancelToken::new());
    let outcome = cancelled(&token, waits(&breaker, &token)).await;
    assert_eq!(
        interrupt_of(&outcome.unwrap().unwrap_err()),
        Some(Interrupt::Cancelled)
    );

    let (breaker, token) = (opened(), CancelToken::new());
    let policy = RetryPolicy::new()
        .breaker(persevere::breaker::wait_for(&breaker))
        .stop(stop::cancelled(&token).abort_attempt());
    let outcome = cancelled(&token, policy.run_async(async || io::Result::Ok(1))).await;
    assert_eq!(
        interrupt_of(&outcome.unwrap().unwrap_err()),
        Some(Interrupt::Cancelled)
    );
}

#[test]
fn a_token_that_cuts_ends_a_wait_of_a_thread_for_a_breaker() {
    let (breaker, token) = (opened(), CancelToken::new());
    std::thread::scope(|scope| {
        let attribute = scope.spawn(|| blocks(&breaker, &token));
        let policy = scope.spawn(|| {
            RetryPolicy::new()
                .breaker(persevere::breaker::wait_for(&breaker))
                .stop(stop::cancelled(&token).abort_attempt())
                .run(|| io::Result::Ok(1))
        });
        std::thread::sleep(Duration::from_millis(20));
        token.cancel();
        for call in [attribute, policy] {
            let error = call.join().unwrap().unwrap_err();
            assert_eq!(interrupt_of(&error), Some(Interrupt::Cancelled));
        }
    });
}

#[retry(
    stop = cancelled(token).abort_attempt(),
    wrap_err = true,
    interrupt = |_| Err(Refused(9)),
    fallback = async |_| pending().await,
)]
async fn falls_back_wrapped(token: &CancelToken) -> Result<u32, persevere::RetryError<Refused>> {
    pending().await
}

#[retry(policy = by_policy(token), wrap_err = true, fallback = async |_| pending().await, on_failure = async |_| ())]
async fn falls_back_beside_a_policy(
    token: &CancelToken,
) -> Result<u32, persevere::RetryError<io::Error>> {
    pending().await
}

#[retry(on = Some(1), stop = boxed(token), before = async |_| (), fallback = async |_| pending().await)]
async fn falls_back_whole(token: &CancelToken) -> Option<u32> {
    Some(1)
}

#[tokio::test(start_paused = true)]
async fn a_fallback_that_is_cut_leaves_what_the_interrupt_becomes() {
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back_wrapped(&token)).await.unwrap();
    let error = outcome.unwrap_err();
    assert_eq!(error.reason(), StopReason::Cancelled);
    assert_eq!(error.into_last(), Some(Refused(9)));
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back_beside_a_policy(&token)).await;
    assert_eq!(
        outcome.unwrap().unwrap_err().reason(),
        StopReason::Cancelled
    );
    let token = CancelToken::new();
    let outcome = cancelled(&token, falls_back_whole(&token)).await;
    assert_eq!(outcome, Some(None));
}

#[retry(stop = cancelled(flag).abort_attempt(), before_sleep = async |_| pending::<()>().await)]
async fn by_a_flag(flag: &std::sync::atomic::AtomicBool) -> io::Result<u32> {
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn a_flag_that_cuts_ends_a_callback_when_it_is_asked() {
    let flag = std::sync::atomic::AtomicBool::new(false);
    let start = tokio::time::Instant::now();
    let (outcome, ()) = tokio::join!(by_a_flag(&flag), async {
        tokio::time::sleep(SECOND).await;
        flag.store(true, std::sync::atomic::Ordering::Release);
    });
    outcome.unwrap_err();
    assert!(start.elapsed() < SECOND + SECOND / 10);
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn calls_whose_callbacks_are_cut_are_send() {
    static TOKEN: CancelToken = CancelToken::new();
    drop(is_send(before_sleep(&TOKEN)));
    drop(is_send(falls_back(&TOKEN, SECOND)));
    drop(is_send(falls_back_beside_a_policy(&TOKEN)));
}
