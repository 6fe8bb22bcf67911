//! Clippy has nothing to say about the expansion, however strict it is.
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::{
    CircuitBreaker, Interrupt, RetryBudget, RetryError, RetryPolicy, RetryStats, guard, retry, wait,
};
use std::time::Duration;

#[retry]
fn bare() -> Result<u32, Refused> {
    Ok(1)
}

#[retry]
async fn bare_later() -> Option<u32> {
    std::future::ready(Some(1)).await
}

#[retry(
    stop = after_attempt(5) | after_delay(30s),
    wait = exponential(1ns).max(9ns).full_jitter() + random(1ns..2ns),
    when = err(|e| e.0 < 9) & !message("never")
)]
fn strategies(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

static STATS: RetryStats = RetryStats::new();

#[retry(
    stop = stop_when(|p| p.attempt() > 8),
    wait = from_err(|_| Some(Duration::from_nanos(1))).or(none()),
    case(Err(Refused(n)) if *n == 1, stop = after_attempt(n + 1), wait = none(), before_sleep = |_| ()),
    on = Err(_),
    unless = Ok(0),
    attempt = at,
    once(limit = 4),
    clone(text),
    name = "pedantic",
    stats = &STATS,
    reset_after = 1h,
    enabled = limit > 3,
    wrap_err = true,
    before = |s| assert!(s.attempt() < limit),
    after = |_| (),
    before_sleep = log_warn(),
    on_success = |_| (),
    on_failure = |_| (),
    fallback = persevere::GiveUp::into_outcome,
    sleep = |pause| assert!(pause.as_secs() < 9),
)]
fn everything(tries: &Tries, mut text: String) -> Result<u32, RetryError<Refused>> {
    text.push('x');
    assert_eq!(text, "x");
    at.reset();
    let n = tries.third()?;
    Ok(n)
}

#[retry(
    case(Err(Refused(n)) if *n == 1, stop = after_attempt(n + 1), wait = none(), before_sleep = async |_| ()),
    on = Err(_),
    attempt = at,
    stats = &STATS,
    before = async |s| assert!(s.attempt() < 4),
    before_sleep = |s| if s.attempt() > 3 { Err(Refused(0)) } else { Ok(()) },
    on_success = log_info(),
    fallback = async |g| g.into_outcome(),
    sleep = no_timer,
)]
async fn everything_later(tries: &Tries) -> Result<u32, Refused> {
    at.reset();
    tries.third_later().await
}

#[retry(
    policy = RetryPolicy::new().wait(wait::none()),
    stop = after_attempt(4),
    unretried = by_policy_once,
    retry_with = by_policy_with
)]
fn by_policy(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), clone(text))]
async fn cloned_later(tries: &Tries, text: String) -> Result<usize, Refused> {
    tries.third_later().await.map(|_| text.len())
}

struct Client {
    tries: Tries,
    seen: u32,
}

impl Client {
    #[retry(wait = none(), when = err(|e| e.0 <= self.seen), before_sleep = |_| self.seen += 1)]
    async fn unique(&mut self, log: &mut Vec<u32>, (a, b): (u32, u32)) -> Result<u32, Refused> {
        self.seen += 1;
        log.push(a + b);
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    fn boxed<'a>(
        &'a self,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<&'a str, Refused>> + Send + 'a>> {
        Box::pin(async move {
            self.tries.third_later().await?;
            Ok("boxed")
        })
    }
}

#[retry(wait = none(), on = 1..=2)]
fn whole(_log: &mut [u8], tries: &Tries) -> u32 {
    tries.next()
}

static BREAKER: CircuitBreaker = CircuitBreaker::new("pedantic");
static BUDGET: RetryBudget = RetryBudget::tokens(500);

const fn cut(_: Interrupt) -> Result<u32, Refused> {
    Err(Refused(99))
}

#[retry(
    case(Err(Refused(1)), stop = never(), wait = none(), budget = &BUDGET),
    on = Err(_),
    deadline = 1h,
    breaker = BREAKER.failures(err(|e| e.0 > 9)).ignoring(transient_never()),
    budget = &BUDGET,
    nested = share(),
    interrupt = cut,
    attempt = at,
    stats = &STATS,
    before = |s| assert!(s.attempt() < 4)
)]
fn guarded(tries: &Tries) -> Result<u32, Refused> {
    assert!(at.remaining().is_some());
    tries.third()
}

const fn transient_never() -> persevere::when::NeverRetry {
    persevere::when::never()
}

#[retry(
    wait = none(),
    deadline = 1h,
    attempt_timeout = 1min,
    breaker = wait_for(&BREAKER),
    budget = &BUDGET,
    nested = single(),
    interrupt = |_| Err(Refused(99)),
    sleep = |_| std::future::pending::<()>()
)]
async fn guarded_later(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(policy = RetryPolicy::new().wait(wait::none()), deadline = 1h, interrupt = cut)]
fn guarded_by_policy(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[guard(
    deadline = 1h,
    fallback = [within(1s, |_| tries.third()), persevere::GiveUp::into_outcome],
    interrupt = cut,
    before = |_| (),
    after = |_| (),
    on_failure = log_debug(),
    stats = &STATS,
    clone(text)
)]
fn once(tries: &Tries, text: String) -> Result<u32, Refused> {
    drop(text);
    tries.third()
}

#[guard(on = Err(Refused(1)), fallback = persevere::GiveUp::into_outcome)]
fn once_alone(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[guard(
    deadline = 1h,
    attempt_timeout = 1min,
    breaker = &BREAKER,
    fallback = [within(1s, async |_| tries.third()), async |_| tries.third()],
    interrupt = cut,
    attempt = at,
    sleep = no_timer
)]
async fn once_later(tries: &Tries) -> Result<u32, Refused> {
    assert_eq!(at.number(), 1);
    tries.third_later().await
}

#[guard(hedge = delay(1h), when = err(|e| e.0 < 9), sleep = stuck)]
async fn once_copied(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

async fn stuck(_: Duration) {
    std::future::pending::<()>().await;
}

#[test]
fn annotated_functions_run() {
    assert_eq!(once(&Tries::new(), String::new()), Err(Refused(2)));
    assert_eq!(once_alone(&Tries::new()), Err(Refused(1)));
    assert_eq!(block_on(once_later(&Tries::new())), Ok(3));
    assert_eq!(block_on(once_copied(&Tries::new())), Err(Refused(2)));
    assert_eq!(bare(), Ok(1));
    assert_eq!(block_on(bare_later()), Some(1));
    assert_eq!(strategies(&Tries::new()), Ok(3));
    assert!(everything(&Tries::new(), String::new()).is_ok());
    assert_eq!(block_on(everything_later(&Tries::new())), Ok(3));
    assert_eq!(by_policy(&Tries::new()), Ok(3));
    assert_eq!(by_policy_once(&Tries::new()), Err(Refused(1)));
    assert_eq!(
        by_policy_with(&RetryPolicy::new().wait(wait::none()), &Tries::new()),
        Ok(3)
    );
    assert_eq!(block_on(cloned_later(&Tries::new(), String::new())), Ok(0));
    let mut it = Client {
        tries: Tries::new(),
        seen: 0,
    };
    assert_eq!(block_on(it.unique(&mut Vec::new(), (1, 2))), Ok(3));
    assert_eq!(block_on(it.boxed()), Ok("boxed"));
    assert_eq!(whole(&mut [], &Tries::new()), 3);
    assert_eq!(guarded(&Tries::new()), Ok(3));
    assert_eq!(block_on(guarded_later(&Tries::new())), Ok(3));
    assert_eq!(guarded_by_policy(&Tries::new()), Ok(3));
}
