//! Keys together.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::{RetryError, RetryPolicy, RetryStats, StopReason, retry, wait};
use std::time::Duration;

static STATS: RetryStats = RetryStats::new();

#[retry(
    once(id = tries.made() + 7, key = format!("{}", id)),
    clone(bytes, text),
    attempt = at,
    stop = after_attempt(id) | before_delay(1h),
    wait = none(),
    name = "all",
    stats = &STATS,
    wrap_err = true,
    reset_after = 1h,
    enabled = !text.is_empty(),
    before = |s| assert_eq!(s.name(), "all"),
    after = |_| (),
    before_sleep = log_debug(),
    on_failure = |s| assert!(s.reason().is_some()),
    on_success = log_info(),
    fallback = |g| g.into_outcome(),
    unless = Ok(0),
    on = Err(Refused(1)),
    case(Err(Refused(n)), stop = after_attempt(*n), wait = fixed(Duration::from_nanos(1))),
    when = ok(|v| *v > 100),
)]
fn everything(tries: &Tries, mut bytes: Vec<u8>, text: String) -> Result<u32, RetryError<Refused>> {
    bytes.push(1);
    assert_eq!((bytes.len(), key.len(), id), (1, 1, 7));
    drop((bytes, text));
    if at.number() == 5 {
        at.give_up();
    }
    Err(Refused(tries.next()))
}

#[retry(
    once(id = tries.made() + 7, key = format!("{}", id)),
    clone(bytes, text),
    attempt = at,
    stop = after_attempt(id) | before_delay(1h),
    wait = random(1ns..2ns) + fixed(1ns),
    name = &text,
    stats = &STATS,
    wrap_err = true,
    reset_after = 1h,
    enabled = !text.is_empty(),
    before = async |s| assert_eq!(s.name(), "all"),
    after = |_| (),
    before_sleep = log_debug(),
    on_failure = |s| assert!(s.reason().is_some()),
    on_success = log_info(),
    fallback = async |g| g.into_outcome(),
    unless = Ok(0),
    on = Err(Refused(1)),
    case(Err(Refused(n)), stop = after_attempt(*n), wait = fixed(Duration::from_nanos(1))),
    when = ok(|v| *v > 100),
    sleep = no_timer,
)]
async fn everything_later(
    tries: &Tries,
    mut bytes: Vec<u8>,
    text: String,
) -> Result<u32, RetryError<Refused>> {
    bytes.push(1);
    assert_eq!((bytes.len(), key.len(), id), (1, 1, 7));
    drop((bytes, text));
    if at.number() == 5 {
        at.give_up();
    }
    Err(Refused(tries.next()))
}

#[test]
fn all_keys() {
    let tries = Tries::new();
    let error = everything(&tries, vec![], "x".to_owned()).unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (5, StopReason::GivenUp));
    let error = everything(&Tries::new(), vec![], String::new()).unwrap_err();
    assert_eq!(error.attempts(), 1);
    let error = block_on(everything_later(&Tries::new(), vec![], "all".to_owned())).unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (5, StopReason::GivenUp));
    assert_eq!(STATS.calls(), 3);
    assert_eq!(STATS.attempts(), 5 + 1 + 5);
}

#[retry(policy = RetryPolicy::new().wait(wait::none()), attempt = at, reset_after = 0s, stop = after_attempt(2))]
fn policy_and_handle(tries: &Tries) -> Result<u32, Refused> {
    if tries.made() == 4 {
        at.give_up();
    }
    Err(Refused(tries.next()))
}

#[retry(attempt = at, wait = none())]
async fn handle_across_awaits(tries: &Tries) -> Result<u32, Refused> {
    let outcome = tries.third_later().await;
    match outcome {
        Ok(3) => at.retry_now(),
        Ok(_) => {}
        Err(_) => at.reset(),
    }
    outcome
}

#[retry(attempt = at, wait = none())]
fn unused_handle(tries: &Tries) -> Result<u32, Refused> {
    let _ = &at;
    tries.third()
}

#[retry(once(limit = 2), stop = after_attempt(limit), wait = none())]
fn once_used_by_keys_alone(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn handles_and_bindings() {
    assert_eq!(policy_and_handle(&Tries::new()), Err(Refused(5)));
    let tries = Tries::new();
    assert_eq!(block_on(handle_across_awaits(&tries)), Ok(4));
    assert_eq!(unused_handle(&Tries::new()), Ok(3));
    assert_eq!(once_used_by_keys_alone(&Tries::new()), Err(Refused(2)));
}
