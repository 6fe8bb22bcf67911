//! A retried value is dropped before the pause: it may hold a connection, a permit, a transaction.

use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use persevere::RetryConfig;
use persevere::{
    CancelToken, CircuitBreaker, GiveUp, Interrupt, Opaque, Outcome, Policy, RetryBudget,
    RetryError, RetryPolicy, StopReason, retry, stop, wait, when,
};

const SECOND: Duration = Duration::from_secs(1);

/// A pool of one connection.
#[derive(Debug, Default)]
struct Pool {
    lent: Arc<AtomicU32>,
    asked: AtomicU32,
}

/// Holds the connection until it is dropped.
#[derive(Debug)]
struct Response {
    status: u16,
    lent: Arc<AtomicU32>,
}

impl Drop for Response {
    fn drop(&mut self) {
        self.lent.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    /// Says 503 twice.
    fn get(&self) -> Response {
        self.assert_free();
        self.lent.fetch_add(1, Ordering::Relaxed);
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let status = if asked < 2 { 503 } else { 200 };
        let lent = Arc::clone(&self.lent);
        Response { status, lent }
    }

    /// A pause that begins while the connection is lent would never end for who waits for it.
    fn assert_free(&self) {
        assert_eq!(
            self.lent.load(Ordering::Relaxed),
            0,
            "the connection is lent"
        );
    }

    fn pause(&self, _: Duration) {
        self.assert_free();
    }

    fn assert_lent(&self) {
        assert_eq!(
            self.lent.load(Ordering::Relaxed),
            1,
            "a callback sees the value"
        );
    }
}

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("pool").consecutive(9)
}

fn busy(outcome: &io::Result<Response>) -> bool {
    matches!(outcome, Ok(response) if response.status == 503)
}

type Fetched = io::Result<Response>;

/// Functions that retry a value, each with another key by which a call may end after the pause.
macro_rules! fetch {
    ($($name:ident($($arg:ident: $ty:ty),*) $keys:tt)+) => {$(
        fetch!(@ $name($($arg: $ty),*) $keys);
    )+};
    (@ $name:ident($($arg:ident: $ty:ty),*) ($($keys:tt)*)) => {
        mod $name {
            use super::*;

            #[retry(sleep = |pause| pool.pause(pause), $($keys)*)]
            pub(super) fn blocking(pool: &Pool, $($arg: $ty),*) -> Fetched {
                Ok(pool.get())
            }

            #[retry(sleep = async |pause| pool.pause(pause), $($keys)*)]
            pub(super) async fn later(pool: &Pool, $($arg: $ty),*) -> Fetched {
                Ok(pool.get())
            }
        }
    };
}

fetch! {
    unguarded()(on = Ok(Response { status: 503, .. }))
    limited()(on = Ok(Response { status: 503, .. }), deadline = 1min)
    broken(breaker: &CircuitBreaker)(on = Ok(Response { status: 503, .. }), breaker = breaker)
    paid(budget: &RetryBudget)(on = Ok(Response { status: 503, .. }), budget = budget)
    held(token: &CancelToken)(
        when = ok(|response| response.status == 503), stop = after_attempt(3) | cancelled(token)
    )
    judged(token: &CancelToken)(
        when = outcome(busy), stop = after_attempt(3) | cancelled(token)
    )
    marked(token: &CancelToken)(
        when = outcome(busy), attempt = at, stop = after_attempt(3) | cancelled(token)
    )
    by_case()(case(Ok(response) if response.status == 503, wait = 1s), deadline = 1min)
    by_policy(policy: &impl Policy<Fetched>)(policy = policy)
    beside_policy(policy: &impl Policy<Fetched>)(policy = policy, deadline = 1min)
}

macro_rules! assert_fetched {
    ($($name:ident($($arg:expr),*))+) => {$(
        assert_eq!($name::blocking(&Pool::default(), $($arg),*).unwrap().status, 200);
        assert_eq!($name::later(&Pool::default(), $($arg),*).await.unwrap().status, 200);
    )+};
}

#[tokio::test(start_paused = true)]
async fn a_retried_response_gives_its_connection_back_before_the_pause() {
    let token = CancelToken::new();
    let retried = || {
        RetryPolicy::new()
            .when(when::outcome(busy))
            .wait(wait::none())
    };
    let cancelled = stop::after_attempt(3) | stop::cancelled(&token);
    assert_fetched! {
        unguarded()
        limited()
        broken(&breaker())
        paid(&RetryBudget::tokens(100))
        held(&token)
        judged(&token)
        marked(&token)
        by_case()
        by_policy(&retried())
        by_policy(&retried().deadline(SECOND))
        by_policy(&retried().stop(cancelled).interrupt(|i: Interrupt| Fetched::Err(i.into())))
        beside_policy(&retried())
    }
}

#[tokio::test(start_paused = true)]
async fn a_config_gives_the_connection_back_before_the_pause() {
    let config = RetryConfig::new().deadline(60 * SECOND);
    #[retry(policy = config, when = outcome(busy), sleep = async |pause| pool.pause(pause))]
    async fn fetch(pool: &Pool, config: &RetryConfig) -> Fetched {
        Ok(pool.get())
    }
    assert_eq!(fetch(&Pool::default(), &config).await.unwrap().status, 200);
}

#[test]
fn a_callback_sees_the_value_and_the_pause_does_not() {
    #[retry(
        on = Ok(Response { status: 503, .. }), deadline = 1min, sleep = |pause| pool.pause(pause),
        before_sleep = |_| pool.assert_lent(), after = |_| pool.assert_lent(),
    )]
    fn fetch(pool: &Pool) -> Fetched {
        Ok(pool.get())
    }
    assert_eq!(fetch(&Pool::default()).unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_async_callback_sees_the_value_and_the_pause_does_not() {
    #[retry(
        on = Ok(Response { status: 503, .. }), deadline = 1min, sleep = async |pause| pool.pause(pause),
        before_sleep = async |_| { tokio::task::yield_now().await; pool.assert_lent() },
    )]
    async fn fetch(pool: &Pool) -> Fetched {
        Ok(pool.get())
    }
    assert_eq!(fetch(&Pool::default()).await.unwrap().status, 200);
}

/// A call that is cancelled in the pause after its first attempt.
fn cancels(token: &CancelToken, pool: &Pool) {
    pool.assert_free();
    token.cancel();
}

#[test]
fn an_interrupt_stands_for_a_value_after_the_pause() {
    #[retry(
        on = Ok(Response { status: 503, .. }), stop = cancelled(token), sleep = |_| cancels(token, pool),
    )]
    fn fetch(pool: &Pool, token: &CancelToken) -> Fetched {
        Ok(pool.get())
    }
    let error = fetch(&Pool::default(), &CancelToken::new()).unwrap_err();
    assert_eq!(
        error.get_ref().unwrap().downcast_ref(),
        Some(&Interrupt::Cancelled)
    );
}

#[test]
fn an_error_is_kept_over_the_pause() {
    #[retry(
        on = Ok(Response { status: 503, .. }), on = Err(_), deadline = 1min, stop = cancelled(token),
        sleep = |_| cancels(token, pool),
    )]
    fn fetch(pool: &Pool, token: &CancelToken) -> Fetched {
        match pool.get().status {
            503 => Err(io::ErrorKind::ConnectionRefused.into()),
            _ => Ok(pool.get()),
        }
    }
    let error = fetch(&Pool::default(), &CancelToken::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

/// The error of an earlier attempt is not told for a later value.
#[test]
fn a_value_replaces_the_error_that_was_kept_before_it() {
    #[retry(
        when = outcome(|_| true), stop = cancelled(token), wait = 1s,
        sleep = |_| if pool.asked.load(Ordering::Relaxed) == 2 { cancels(token, pool) },
    )]
    fn fetch(pool: &Pool, token: &CancelToken) -> Fetched {
        let response = pool.get();
        match pool.asked.load(Ordering::Relaxed) {
            1 => Err(io::ErrorKind::ConnectionRefused.into()),
            _ => Ok(response),
        }
    }
    let error = fetch(&Pool::default(), &CancelToken::new()).unwrap_err();
    assert_eq!(
        error.get_ref().unwrap().downcast_ref(),
        Some(&Interrupt::Cancelled)
    );
}

#[test]
fn none_stands_for_some_after_the_pause() {
    #[retry(on = Some(_) if true, stop = cancelled(token), sleep = |_| cancels(token, pool))]
    fn fetch(pool: &Pool, token: &CancelToken) -> Option<Response> {
        Some(pool.get())
    }
    assert!(fetch(&Pool::default(), &CancelToken::new()).is_none());
    let (pool, token) = (Pool::default(), CancelToken::new());
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .when(when::always())
        .sleep(|_| cancels(&token, &pool));
    assert!(policy.run(|| Some(pool.get())).is_none());
}

#[test]
fn a_plain_value_is_replaced_by_what_interrupt_says() {
    #[retry(
        on = Response { status: 503, .. }, stop = cancelled(token), sleep = |_| cancels(token, pool),
        interrupt = |_| Response { status: 504, lent: Arc::new(AtomicU32::new(1)) },
    )]
    fn fetch(pool: &Pool, token: &CancelToken) -> Response {
        pool.get()
    }
    assert_eq!(fetch(&Pool::default(), &CancelToken::new()).status, 504);
}

/// Any stop of the user's own may hold a token, and need not.
#[test]
fn a_stop_that_hides_a_token_keeps_a_value_for_which_nothing_stands() {
    fn limit() -> impl persevere::Stop {
        stop::after_attempt(2)
    }
    #[retry(on = 503, stop = limit(), wait = none())]
    fn status(pool: &Pool) -> u16 {
        pool.get().status
    }
    assert_eq!(status(&Pool::default()), 503);
    #[retry(on = Ok(503), stop = limit(), wait = none())]
    fn checked(pool: &Pool) -> Result<u16, String> {
        Ok(pool.get().status)
    }
    assert_eq!(checked(&Pool::default()), Ok(503));
}

/// A response that carries its failure inside.
#[derive(Debug)]
struct Page(Response);

impl Outcome for Page {
    type Value = Response;
    type Error = u16;

    fn value(&self) -> Option<&Response> {
        (self.0.status < 400).then_some(&self.0)
    }

    fn error(&self) -> Option<&u16> {
        (self.0.status >= 400).then_some(&self.0.status)
    }
}

#[test]
fn an_outcome_of_the_users_own_is_kept_where_it_failed() {
    #[retry(stop = after_attempt(9) | cancelled(token), sleep = |_| { token.cancel(); })]
    fn fetch(pool: &Pool, token: &CancelToken) -> Page {
        Page(pool.get())
    }
    assert_eq!(
        fetch(&Pool::default(), &CancelToken::new()).error(),
        Some(&503)
    );
}

#[test]
fn a_policy_keeps_a_value_for_which_nothing_stands() {
    let (pool, token) = (Pool::default(), CancelToken::new());
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .when(when::outcome(|status: &Opaque<u16>| status.0 == 503))
        .sleep(|_| token.cancel());
    assert_eq!(policy.run(|| Opaque(pool.get().status)), Opaque(503));
}

/// A value that stays on its thread.
type Local = PhantomData<*const ()>;

#[tokio::test(start_paused = true)]
async fn a_future_is_send_where_the_error_is() {
    fn send<F: Future + Send>(future: F) -> F {
        future
    }
    #[retry(on = Ok(_) if tries.fetch_add(1, Ordering::Relaxed) == 0, deadline = 1min)]
    async fn limited(tries: &AtomicU32) -> io::Result<Local> {
        Ok(PhantomData)
    }
    #[retry(
        on = Ok(_) if tries.fetch_add(1, Ordering::Relaxed) == 0, stop = cancelled(token).abort_attempt(),
    )]
    async fn cut(tries: &AtomicU32, token: &CancelToken) -> io::Result<Local> {
        Ok(PhantomData)
    }
    #[retry(
        on = Some(_) if tries.fetch_add(1, Ordering::Relaxed) == 0, stop = cancelled(token),
    )]
    async fn optional(tries: &AtomicU32, token: &CancelToken) -> Option<Local> {
        Some(PhantomData)
    }
    #[retry(
        on = _ if tries.fetch_add(1, Ordering::Relaxed) == 0, deadline = 1min,
        interrupt = |_| PhantomData,
    )]
    async fn plain(tries: &AtomicU32) -> Local {
        PhantomData
    }
    let token = CancelToken::new();
    send(limited(&AtomicU32::new(0))).await.unwrap();
    send(cut(&AtomicU32::new(0), &token)).await.unwrap();
    send(optional(&AtomicU32::new(0), &token)).await.unwrap();
    send(plain(&AtomicU32::new(0))).await;
}

mod wrapped {
    use super::*;

    fn assert_gave_up(error: &RetryError<String>, attempts: u32, reason: StopReason) {
        assert_eq!(error.last(), None);
        assert_eq!((error.attempts(), error.reason()), (attempts, reason));
    }

    #[test]
    fn a_call_that_gives_up_with_a_value_is_an_error() {
        static STATS: persevere::RetryStats = persevere::RetryStats::new();
        #[retry(
            on = Ok(0..=9), wait = none(), wrap_err = true, stats = &STATS,
            on_failure = |s| heard.store(s.attempt(), Ordering::Relaxed),
            on_success = |_| unreachable!(),
        )]
        fn level(heard: &AtomicU32) -> Result<u32, RetryError<String>> {
            Ok(3)
        }
        let heard = AtomicU32::new(0);
        let error = level(&heard).unwrap_err();
        assert_gave_up(&error, 3, StopReason::Attempts);
        assert_eq!(heard.into_inner(), 3);
        assert_eq!(STATS.failures(StopReason::Attempts), 1);
        let line = error.to_string();
        assert!(
            line.starts_with("gave up after 3 attempts in ")
                && line.ends_with("(attempt limit): last value 3"),
            "{line}"
        );
        assert_eq!(error.last_value(), Some("3"));
    }

    #[test]
    fn the_text_of_the_last_value_is_bounded_and_there_if_the_value_has_one() {
        struct Silent;

        #[retry(when = until(|text| text.len() > 1000), wait = none(), wrap_err = true)]
        fn long(length: usize) -> Result<String, RetryError<String>> {
            Ok("ß".repeat(length))
        }
        #[retry(when = until(|_| false), wait = none(), wrap_err = true)]
        fn silent() -> Result<Silent, RetryError<String>> {
            Ok(Silent)
        }
        let error = long(300).unwrap_err();
        assert_eq!(error.last_value(), Some(&*format!("\"{}…", "ß".repeat(99))));
        assert_eq!(long(600).unwrap().len(), 1200);
        let error = silent().err().unwrap();
        assert_eq!(error.last_value(), None);
        assert!(error.to_string().ends_with("(attempt limit)"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_that_is_dropped_leaves_an_error_without_a_last_one() {
        #[retry(
            on = Ok(0..=9), stop = cancelled(token), wait = 1h, wrap_err = true,
            on_failure = |s| { assert_eq!((s.outcome(), s.err()), (None, None)); heard.store(1, Ordering::Relaxed) },
        )]
        async fn level(token: &CancelToken, heard: &AtomicU32) -> Result<u32, RetryError<String>> {
            Ok(3)
        }
        let (token, heard) = (CancelToken::new(), AtomicU32::new(0));
        let (outcome, ()) = tokio::join!(level(&token, &heard), async {
            tokio::time::sleep(SECOND).await;
            token.cancel();
        });
        let error = outcome.unwrap_err();
        assert_gave_up(&error, 1, StopReason::Cancelled);
        assert_eq!(error.elapsed(), SECOND);
        assert_eq!(heard.into_inner(), 1);
    }

    #[test]
    fn a_value_that_is_wanted_is_no_error() {
        #[retry(on = Ok(0..=9), wait = none(), wrap_err = true, attempt = at)]
        fn level(value: u32) -> Result<u32, RetryError<String>> {
            at.give_up();
            Ok(value)
        }
        assert_eq!(level(3), Ok(3));
        assert_eq!(level(12), Ok(12));
    }

    #[test]
    fn the_value_of_a_fallback_is_no_error() {
        fn half(give_up: GiveUp<Result<u32, String>>) -> Result<u32, String> {
            assert_eq!(give_up.outcome(), &Ok(3));
            Ok(12)
        }
        #[retry(on = Ok(0..=9), wait = none(), wrap_err = true, fallback = half)]
        fn level() -> Result<u32, RetryError<String>> {
            Ok(3)
        }
        #[retry(policy = policy, wrap_err = true)]
        fn by(policy: &impl Policy<Result<u32, String>>) -> Result<u32, RetryError<String>> {
            Ok(3)
        }
        let policy = || {
            RetryPolicy::new()
                .when(when::ok(|n: &u32| *n < 9))
                .wait(wait::none())
        };
        assert_eq!(level(), Ok(12));
        assert_eq!(by(&policy().fallback(half)), Ok(12));
        assert_gave_up(&by(&policy()).unwrap_err(), 3, StopReason::Attempts);
    }

    #[test]
    fn under_a_policy_with_a_token_a_value_leaves_an_error_without_a_last_one() {
        #[retry(policy = policy, wrap_err = true)]
        fn fetch(
            pool: &Pool,
            policy: &impl Policy<Result<Response, String>>,
        ) -> Result<Response, RetryError<String>> {
            Ok(pool.get())
        }
        let (pool, token) = (Pool::default(), CancelToken::new());
        let policy = RetryPolicy::new()
            .stop(stop::cancelled(&token))
            .when(when::ok(|response: &Response| response.status == 503))
            .sleep(|_| cancels(&token, &pool));
        assert_gave_up(
            &fetch(&pool, &policy).unwrap_err(),
            1,
            StopReason::Cancelled,
        );
    }
}

/// Does something while a retry that draws from the budget is in flight.
fn while_retried(budget: &RetryBudget, test: impl Fn()) {
    let mut attempts = 0;
    let policy = RetryPolicy::new().wait(wait::none()).budget(budget);
    policy.run(|| {
        attempts += 1;
        (attempts == 2).then(&test)
    });
}

#[test]
fn a_budget_that_refuses_after_the_pause_drops_the_value_before_it() {
    #[retry(
        on = Ok(Response { status: 503, .. }), budget = budget, sleep = |pause| pool.pause(pause),
    )]
    fn fetch(pool: &Pool, budget: &RetryBudget) -> Fetched {
        Ok(pool.get())
    }
    #[retry(on = Ok(503), budget = budget, wait = none())]
    fn status(pool: &Pool, budget: &RetryBudget) -> Result<u16, String> {
        Ok(pool.get().status)
    }
    #[retry(on = Ok(503), budget = budget, wait = none(), wrap_err = true)]
    fn wrapped(pool: &Pool, budget: &RetryBudget) -> Result<u16, RetryError<String>> {
        Ok(pool.get().status)
    }
    let budget = RetryBudget::in_flight(0, 0.1);
    while_retried(&budget, || {
        let error = fetch(&Pool::default(), &budget).unwrap_err();
        let interrupt = error.get_ref().unwrap().downcast_ref();
        assert_eq!(interrupt, Some(&Interrupt::Budget));
        // No interrupt can stand for this one, so it is kept.
        assert_eq!(status(&Pool::default(), &budget), Ok(503));
        let error = wrapped(&Pool::default(), &budget).unwrap_err();
        assert_eq!((error.last(), error.reason()), (None, StopReason::Budget));
    });
    assert!(budget.refused() >= 3);
}
