//! Tokens that cut, wherever the stop shows it or hides it.

use std::future::{Future, pending};

use persevere::stop::{self, Stop};
use persevere::{CancelToken, Policy, Progress, RetryPolicy};

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// What the call gives if its token is cancelled after a second; nothing within an hour otherwise.
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
struct Own(stop::Cut<&'static CancelToken>);

impl Stop for Own {
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.0.stop(progress)
    }

    fn cancellation(&self) -> persevere::cancel::Cancellation<'_> {
        self.0.cancellation()
    }

    fn cutting(&self) -> persevere::cancel::Cancellation<'_> {
        self.0.cutting()
    }

    fn cuts(&self) -> bool {
        self.0.cuts()
    }
}

fn boxed(token: &CancelToken) -> Box<dyn Stop + Send + Sync + '_> {
    Box::new(stop::after_attempt(3) | stop::cancelled(token).cut())
}

fn opaque(token: &CancelToken) -> impl Stop {
    stop::after_attempt(3) | stop::cancelled(token).cut()
}

#[retry(stop = boxed(token))]
async fn by_a_box(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

#[retry(stop = after_attempt(9) | opaque(token))]
async fn by_an_opaque_one(token: &CancelToken) -> Option<u32> {
    pending().await
}

#[retry(stop = Own(stop::cancelled(token).cut()), interrupt = |_| Err(Refused(7)))]
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
    RetryPolicy::new().stop(stop::cancelled(token).cut())
}

#[retry(policy = by_policy(token))]
async fn by_a_policy(token: &CancelToken) -> io::Result<u32> {
    pending().await
}

#[retry(policy = RetryPolicy::new(), stop = cancelled(token).cut())]
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
