//! Futures are `Send` exactly where the hand-written loop's is.

use crate::common::{Refused, Tries};
use persevere::retry;
use std::error::Error;
use std::future::Future;
use std::marker::PhantomData;
use std::rc::Rc;

/// Whether a type is `Send`: the first `is_send` applies only where it is, and else comes the trait's.
struct Probe<T>(PhantomData<T>);

trait Otherwise {
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Probe<T> {}

impl<T: Send> Probe<T> {
    fn is_send(&self) -> bool {
        true
    }
}

fn probe<T>(_: T) -> Probe<T> {
    Probe(PhantomData)
}

fn send<F: Future + Send>(_: F) {}

#[retry(stop = after_attempt(5), wait = exponential(1ms).full_jitter(), when = err(|e| e.0 < 3))]
async fn plain(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none())]
async fn error_is_not_send(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third_later().await?)
}

#[retry(wait = none(), on = Err(_), before_sleep = |_| ())]
async fn error_is_not_send_and_seen(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third_later().await?)
}

#[retry(wait = none(), case(Err(e) if e.is::<Refused>(), stop = after_attempt(2)), attempt = at)]
async fn with_a_handle_and_cases(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    let outcome = tries.third_later().await;
    at.retry_now();
    Ok(outcome?)
}

#[retry(wait = none(), wrap_err = true, fallback = |g| g.into_outcome())]
async fn wrapped(tries: &Tries) -> Result<u32, persevere::RetryError<Box<dyn Error>>> {
    Ok(tries.third_later().await?)
}

#[retry(wait = none(), before_sleep = async |s| seen(s.attempt()).await, before = async |_| ())]
async fn async_callbacks(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

async fn seen(_: u32) {}

static STATS: persevere::RetryStats = persevere::RetryStats::new();

#[retry(policy = persevere::RetryPolicy::new(), stats = &STATS, reset_after = 1s)]
async fn by_policy(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

fn hidden<T>() -> impl persevere::Policy<Result<T, Refused>> {
    persevere::RetryPolicy::new()
}

#[retry(policy = hidden())]
async fn by_hidden_policy(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(policy = persevere::RetryPolicy::new())]
async fn by_policy_and_not_send(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third_later().await?)
}

#[retry(deadline = 1h, wait = none())]
async fn by_deadline(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third_later().await?)
}

#[retry]
async fn holds_an_rc(tries: &Tries) -> Result<u32, Refused> {
    let held = Rc::new(0);
    let n = tries.third_later().await?;
    Ok(n + *held)
}

#[retry]
async fn drops_an_rc(tries: &Tries) -> Result<u32, Refused> {
    let n = *Rc::new(0);
    Ok(tries.third_later().await? + n)
}

#[retry]
async fn given_an_rc(tries: Rc<Tries>) -> Result<u32, Refused> {
    tries.third()
}

#[retry(before_sleep = async |s| { let _ = s.err().map(|e| e.to_string()); seen(1).await })]
async fn awaits_with_the_error(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third()?)
}

#[test]
fn futures_are_send() {
    let tries = Tries::new();
    send(plain(&tries));
    send(error_is_not_send(&tries));
    send(error_is_not_send_and_seen(&tries));
    send(with_a_handle_and_cases(&tries));
    send(wrapped(&tries));
    send(async_callbacks(&tries));
    send(by_policy(&tries));
    send(by_hidden_policy(&tries));
    send(drops_an_rc(&tries));
    assert!(probe(plain(&tries)).is_send());
}

#[test]
fn futures_are_not_send() {
    let tries = Tries::new();
    assert!(!probe(holds_an_rc(&tries)).is_send());
    assert!(!probe(given_an_rc(Rc::new(Tries::new()))).is_send());
    assert!(!probe(awaits_with_the_error(&tries)).is_send());
    // The outcome is kept over the pause, since the call may end there: a policy can have a token.
    assert!(!probe(by_policy_and_not_send(&tries)).is_send());
    assert!(!probe(by_deadline(&tries)).is_send());
}
