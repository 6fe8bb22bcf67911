//! Every key that a stream has.

use super::{Item, all, first, pairs};
use crate::common::{Refused, block_on, no_timer};
use futures_util::stream::{self, Stream, StreamExt};
use persevere::{
    Bulkhead, CancelToken, CircuitBreaker, GiveUp, Policy, RateLimiter, RetryBudget, RetryPolicy,
    RetryState, RetryStats, policy, retry, stop, wait,
};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static STATS: RetryStats = RetryStats::new();
static BREAKER: CircuitBreaker = CircuitBreaker::new("streams").consecutive(50);
static BUDGET: RetryBudget = RetryBudget::tokens(500);
static LIMITER: RateLimiter = RateLimiter::new("streams").rate(1000, Duration::from_secs(1));
static BULKHEAD: Bulkhead = Bulkhead::new("streams", 4);
static TOKEN: CancelToken = CancelToken::new();
static SEEN: AtomicU32 = AtomicU32::new(0);

fn seen(_: &RetryState<'_, Item>) {
    SEEN.fetch_add(1, Ordering::Relaxed);
}

#[retry(
    stop = after_attempt(4) | after_delay(1h) | cancelled(&TOKEN).abort_attempt(),
    wait = exponential(1ms).max(2ms).full_jitter() + from_err(|_| None).or(none()),
    when = any_failure() & err(|refused| refused.0 < limit) & !message("nothing"),
    before = seen,
    after = |state| assert!(state.outcome().is_some()),
    before_sleep = log_warn(),
    on_success = seen,
    on_failure = |_| SEEN.store(0, Ordering::Relaxed),
    deadline = 1h,
    attempt_timeout = 1min,
    breaker = &BREAKER,
    rate_limiter = &LIMITER,
    bulkhead = &BULKHEAD,
    budget = &BUDGET,
    nested = share(),
    interrupt = |_| Err(Refused(0)),
    fallback = |give_up| give_up.into_outcome(),
    reset_after = 1min,
    stats = &STATS,
    name = "numbers",
    enabled = limit > 1,
    sleep = no_timer,
    once(step = 1),
    unretried = once_only,
    resume(next = |item| item + step),
    endless = true,
    idle_timeout = 1min,
    progress = never(),
)]
fn with_all(limit: u32, next: u32) -> impl Stream<Item = Item> {
    stream::iter(vec![Ok(next), Ok(next + step), Err(Refused(next))])
}

#[retry(
    on = Err(Refused(0..=9)),
    unless = Err(Refused(5)),
    case(Err(Refused(n)) if *n < 40, stop = after_attempt(9), wait = fixed(Duration::from_millis(u64::from(*n)))),
    case(Err(Refused(40)), wait = none()),
    case(Err(Refused(41)), stop = after_attempt(limit)),
    sleep = no_timer,
    resume(next = |item| item + 1),
)]
fn with_patterns(limit: u32, next: u32) -> impl Stream<Item = Item> {
    let broken = if next > 20 { 5 } else { 30 };
    stream::iter(vec![Ok(next), Err(Refused(broken))])
}

fn numbers<T>() -> impl Policy<Result<T, Refused>, Sleep: persevere::AsyncSleep> {
    RetryPolicy::new()
        .stop(stop::after_attempt(9))
        .wait(wait::none())
}

#[retry(policy = numbers(), resume(next = |item| item + 1), endless = true, interrupt = |_| Err(Refused(1)))]
fn by_a_policy(next: u32) -> impl Stream<Item = Item> {
    stream::iter(vec![Ok(next)])
}

policy! {
    /// The keys of streams.
    streams: stop = after_attempt(4), wait = none(), endless = true, interrupt = |_| Err(Refused(1))
}

#[retry(use = streams, resume(next = |item| item + 1))]
fn by_a_set(next: u32) -> impl Stream<Item = Item> {
    stream::iter(vec![Ok(next)])
}

#[retry(wait = none(), retry_with = given, before_sleep = log_warn(), resume(next = |item| item + 1))]
fn default(next: u32) -> impl Stream<Item = Item> {
    pairs(next)
}

#[test]
fn a_stream_has_every_key() {
    assert_eq!(
        all(once_only(9, 1).map(|item| item.map(|item| item + 0))),
        [Ok(1), Ok(2), Err(Refused(1))]
    );
    let items = all(with_all(9, 1));
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 8);
    assert_eq!(items.last(), Some(&Err(Refused(7))));
}

#[test]
fn patterns_judge_its_errors() {
    let items = all(with_patterns(9, 3));
    let numbers: Vec<u32> = items
        .iter()
        .filter_map(|item| item.as_ref().ok().copied())
        .collect();
    assert_eq!(numbers, (3..22).collect::<Vec<_>>());
    assert_eq!(items.last(), Some(&Err(Refused(5))));
}

#[test]
fn a_policy_or_a_set_decides() {
    assert_eq!(first(4, by_a_policy(1)), [1, 2, 3, 4]);
    assert_eq!(first(4, by_a_set(1)), [1, 2, 3, 4]);
    assert_eq!(first(4, given(numbers(), 1)), [1, 2, 3, 4]);
    assert_eq!(first(4, default(1)), [1, 2, 3, 4]);
}

#[test]
fn a_fallback_gives_the_last_item() {
    #[retry(stop = after_attempt(1), fallback = |_: GiveUp<Item>| Ok(7), resume())]
    async fn replaced() -> impl Stream<Item = Item> {
        stream::iter(vec![Ok(1), Err(Refused(1))])
    }
    let log = RefCell::new(Vec::new());
    for item in all(block_on(replaced())) {
        log.borrow_mut().push(item.unwrap());
    }
    assert_eq!(log.into_inner(), [1, 7]);
}
