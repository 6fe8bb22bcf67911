//! Callbacks of every form, failing ones, and fallbacks.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::{GiveUp, Outcome, RetryError, RetryState, StopReason, retry};
use std::cell::Cell;

fn by_path<O: Outcome>(state: &RetryState<'_, O>) {
    assert!(state.attempt() < 3);
}

fn by_concrete_path(state: &RetryState<'_, Result<u32, Refused>>) -> Result<(), Refused> {
    state
        .err()
        .map_or(Ok(()), |e| if e.0 == 2 { Err(Refused(20)) } else { Ok(()) })
}

#[retry(wait = none(), before_sleep = by_path)]
fn path(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), before_sleep = by_concrete_path)]
async fn failing_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

fn maker<'a, O>(seen: &'a Cell<u32>) -> impl Fn(&RetryState<'_, O>) + 'a {
    move |state| seen.set(state.attempt())
}

#[retry(wait = none(), before = maker(seen), before_sleep = |_| { seen.get(); })]
fn made(tries: &Tries, seen: &Cell<u32>) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), before_sleep = |s| if s.attempt() == 2 { Err(Refused(20)) } else { Ok(()) })]
fn failing(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), before = |s| { limit(s.attempt())?; Ok(()) })]
fn failing_before(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

fn limit(attempt: u32) -> Result<(), Refused> {
    if attempt == 2 {
        Err(Refused(20))
    } else {
        Ok(())
    }
}

#[retry(wait = none(), before_sleep = async |s| limit(s.attempt()))]
async fn failing_later(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), before_sleep = async |s| {
    later().await?;
    if s.attempt() == 2 {
        return Err(Refused(20));
    }
    Ok(())
})]
async fn failing_early(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

async fn later() -> Result<(), Refused> {
    Ok(())
}

#[retry(wait = none(), wrap_err = true, after = |s| limit(s.attempt()))]
fn failing_wrapped(tries: &Tries) -> Result<u32, RetryError<Refused>> {
    tries.third()
}

#[test]
fn a_failing_callback_ends_the_call() {
    assert_eq!(path(&Tries::new()), Ok(3));
    assert_eq!(block_on(failing_path(&Tries::new())), Err(Refused(20)));
    let seen = Cell::new(0);
    assert_eq!(made(&Tries::new(), &seen), Ok(3));
    assert_eq!(seen.get(), 3);
    for of in [failing, failing_before].iter() {
        let tries = Tries::new();
        assert_eq!(of(&tries), Err(Refused(20)));
        assert!(tries.made() <= 2);
    }
    assert_eq!(block_on(failing_later(&Tries::new())), Err(Refused(20)));
    assert_eq!(block_on(failing_early(&Tries::new())), Err(Refused(20)));
    let error = failing_wrapped(&Tries::new()).unwrap_err();
    assert_eq!(
        (error.reason(), error.last()),
        (StopReason::GivenUp, Some(&Refused(20)))
    );
}

#[retry(
    wait = none(),
    before = async |s| { order.next(); assert!(s.outcome().is_none()) },
    after = async |_| { order.next(); },
    before_sleep = async move |_| { order.next(); },
    on_success = async |_| { order.next(); },
    on_failure = async |_| unreachable!(),
)]
async fn all_async(tries: &Tries, order: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(
    wait = none(),
    before = |_| { order.next(); },
    after = |state: &RetryState<'_, Result<u32, Refused>>| { order.next(); let _ = state; },
    before_sleep = |_| assert!(order.next() > 0),
    on_success = |_| unreachable!(),
    on_failure = |_| { order.next(); },
    stop = after_attempt(2),
)]
fn all_blocking(tries: &Tries, order: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn all_callbacks() {
    let order = Tries::new();
    assert_eq!(block_on(all_async(&Tries::new(), &order)), Ok(3));
    assert_eq!(order.made(), 3 + 3 + 2 + 1);
    let order = Tries::new();
    assert_eq!(all_blocking(&Tries::new(), &order), Err(Refused(2)));
    assert_eq!(order.made(), 2 + 2 + 1 + 1);
}

fn yesterdays(give_up: GiveUp<Result<u32, Refused>>) -> Result<u32, Refused> {
    assert_eq!(give_up.reason(), StopReason::Attempts);
    give_up.into_outcome().or(Ok(1))
}

#[retry(wait = none(), stop = after_attempt(2), fallback = yesterdays)]
fn fallback_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(
    wait = none(),
    stop = after_attempt(2),
    fallback = |g| { spare.push_str("!"); Ok(g.err().map_or(0, |e| e.0) + spare.len() as u32) },
)]
fn fallback_borrows(tries: &Tries, spare: &mut String) -> Result<u32, Refused> {
    tries.third()
}

#[retry(
    sleep = no_timer,
    stop = after_attempt(2),
    fallback = async |g| { let n = third(tries).await; g.into_outcome().or(n) },
)]
async fn fallback_later(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

async fn third(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(sleep = no_timer, stop = after_attempt(2), fallback = |g| g.into_outcome())]
async fn fallback_boxed(tries: &Tries) -> Result<u32, Box<dyn std::error::Error>> {
    Ok(tries.third_later().await?)
}

#[retry(wait = none(), on = false, fallback = |g| g.attempts() == 3)]
fn fallback_whole(tries: &Tries) -> bool {
    tries.next() > 3
}

#[test]
fn fallbacks() {
    assert_eq!(fallback_path(&Tries::new()), Ok(1));
    assert_eq!(fallback_borrows(&Tries::new(), &mut "ab".to_owned()), Ok(5));
    assert_eq!(block_on(fallback_later(&Tries::new())), Ok(3));
    assert!(block_on(fallback_boxed(&Tries::new())).is_err());
    assert!(fallback_whole(&Tries::new()));
}
