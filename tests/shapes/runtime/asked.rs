//! A value that knows whether it is transient is asked under `transient()`, `unsent()` and `idempotent(..)`,
//! as errors are.

use std::cell::Cell;
use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use persevere::{
    CancelToken, CircuitBreaker, Health, Interrupt, Missing, Outcome, Policy, RetryBudget,
    RetryError, RetryPolicy, RetryState, StopReason, Transient, Verdict, retry, stop, wait, when,
};

/// Answers 503, until there were as many as wanted.
#[derive(Debug, Default)]
struct Server {
    busy: u32,
    asked: AtomicU32,
}

impl Server {
    fn busy(busy: u32) -> Self {
        let asked = AtomicU32::new(0);
        Server { busy, asked }
    }

    fn answer(&self) -> Response {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        Response(if asked < self.busy { 503 } else { 200 })
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Response(u16);

impl Transient for Response {
    fn verdict(&self) -> Verdict {
        match self.0 {
            529 => Verdict::RetryAfter(Duration::from_secs(7)),
            status => Verdict::retry_if(matches!(status, 425 | 503)),
        }
    }

    fn unsent(&self) -> bool {
        self.0 == 425
    }

    fn health(&self) -> Health {
        match self.0 >= 500 {
            true => Health::Failed,
            false => Health::Well,
        }
    }
}

type Got = Result<Response, io::Error>;
type Sent<T> = io::Result<T>;

macro_rules! asks {
    ($server:ident: $($name:ident: $ty:ty, [$($when:tt)*] $attempts:literal;)+) => {
        $(
            #[retry(stop = after_attempt(5), wait = none(), when = $($when)*)]
            fn $name($server: &Server) -> $ty {
                Ok($server.answer())
            }
        )+

        #[test]
        fn in_whatever_stands_beside_it() {
            $(
                let asked = Server::busy(2);
                let _ = $name(&asked);
                assert_eq!(asked.asked(), $attempts, "{}", stringify!($name));
            )+
        }
    };
}

const IDEMPOTENT: bool = true;
const PREDICATE: when::OnTransient = when::transient();

asks! {
    server:
    written_out: Result<Response, io::Error>, [transient()] 3;
    aliased: Got, [transient()] 3;
    aliased_in_part: Sent<Response>, [transient()] 3;
    by_path: Got, [when::transient()] 3;
    by_constant: Got, [PREDICATE] 3;
    by_word: Got, [transient().responses()] 3;
    idempotent: Got, [idempotent(true)] 3;
    idempotent_constant: Got, [idempotent(IDEMPOTENT)] 3;
    idempotent_made_once: Got, [idempotent(server.busy > 0)] 3;
    not_idempotent: Got, [idempotent(server.busy > 9)] 1;
    unsent: Got, [unsent()] 1;
    unsent_without_redirects: Got, [unsent().no_redirects()] 1;
    idempotent_without_redirects: Got, [idempotent(true).no_redirects()] 3;
    in_parentheses: Got, [(transient())] 3;
    or_an_error: Got, [transient() | err(|e| e.kind() == io::ErrorKind::NotFound)] 3;
    an_error_or: Got, [message("busy") | transient()] 3;
    or_a_value: Got, [ok(|r| r.0 == 404) | transient()] 3;
    and_a_number: Got, [transient() & attempt(|_, n| n < 2)] 2;
    and_an_own: Got, [transient() & is_busy] 3;
    and_not: Got, [transient() & !ok(|r| r.0 == 503)] 1;
    not: Got, [!transient()] 1;
    not_of_a_success: Got, [!transient() & ok(|r| r.0 == 503)] 1;
    by_a_branch: Got, [if server.busy > 0 { transient() } else { transient() }] 3;
}

fn is_busy(got: &Got) -> bool {
    got.as_ref().is_ok_and(|response| response.0 == 503)
}

#[retry(wait = none(), when = transient())]
fn maybe(server: &Server) -> Option<Response> {
    Some(server.answer())
}

#[retry(wait = none(), when = unsent())]
fn too_early(status: &Cell<u16>) -> Got {
    Ok(Response(status.replace(200)))
}

#[test]
fn by_what_the_value_says() {
    let server = Server::busy(2);
    assert_eq!(maybe(&server), Some(Response(200)));
    assert_eq!(too_early(&Cell::new(425)).unwrap(), Response(200));
    assert_eq!(too_early(&Cell::new(503)).unwrap(), Response(503));
}

/// The last one, as a value.
#[test]
fn a_call_ends_with_what_it_got_last() {
    let server = Server::busy(9);
    assert_eq!(aliased(&server).unwrap(), Response(503));
    assert_eq!(server.asked(), 5);
}

#[retry(wait = none(), when = transient())]
fn generic<T>(tries: &Cell<u32>, make: impl Fn() -> T) -> io::Result<T> {
    tries.set(tries.get() + 1);
    Ok(make())
}

#[retry(wait = none(), when = transient())]
fn generic_that_knows<T: Transient>(tries: &Cell<u32>, make: impl Fn() -> T) -> io::Result<T> {
    tries.set(tries.get() + 1);
    Ok(make())
}

#[retry(wait = none(), when = idempotent(tries.get() == 0))]
fn hidden(tries: &Cell<u32>) -> io::Result<impl Debug> {
    tries.set(tries.get() + 1);
    Ok(Response(503))
}

#[retry(wait = none(), when = transient())]
fn iterated(tries: &Cell<u32>) -> io::Result<impl Iterator<Item = u32>> {
    tries.set(tries.get() + 1);
    if tries.get() < 3 {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    Ok(0..3)
}

#[retry(wait = none(), when = idempotent(tries.get() == 0))]
fn iterated_made_once(tries: &Cell<u32>) -> io::Result<impl Iterator<Item = u32>> {
    tries.set(tries.get() + 1);
    if tries.get() < 3 {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    Ok(0..3)
}

#[retry(wait = none(), when = transient())]
fn borrowed<'a>(tries: &Cell<u32>, text: &'a str) -> io::Result<&'a str> {
    tries.set(tries.get() + 1);
    Ok(text)
}

#[test]
fn where_its_type_is_not_known_errors_alone_are() {
    let tries = Cell::new(0);
    assert_eq!(generic(&tries, || Response(503)).unwrap(), Response(503));
    assert_eq!(tries.take(), 1);
    assert_eq!(
        generic_that_knows(&tries, || Response(503)).unwrap(),
        Response(503)
    );
    assert_eq!(tries.take(), 3);
    assert_eq!(format!("{:?}", hidden(&tries).unwrap()), "Response(503)");
    assert_eq!(tries.take(), 1);
    assert_eq!(iterated(&tries).unwrap().count(), 3);
    assert_eq!(tries.take(), 3);
    assert_eq!(iterated_made_once(&tries).unwrap().count(), 3);
    assert_eq!(tries.take(), 3);
    assert_eq!(borrowed(&tries, "text").unwrap(), "text");
    assert_eq!(tries.take(), 1);
}

#[retry(
    stop = after_attempt(3),
    wait = none(),
    when = transient(),
    case(Ok(Response(503)) if server.busy == 4, stop = after_attempt(2)),
    unless = Ok(Response(503)) if server.busy == 5,
)]
fn beside_patterns(server: &Server) -> Got {
    Ok(server.answer())
}

#[test]
fn patterns_come_first() {
    for (busy, asked) in [(2, 3), (4, 2), (5, 1)] {
        let server = Server::busy(busy);
        let _ = beside_patterns(&server);
        assert_eq!(server.asked(), asked, "{busy}");
    }
}

#[retry(wait = none(), when = transient(), breaker = breaker)]
fn guarded(breaker: &CircuitBreaker, status: u16) -> Got {
    Ok(Response(status))
}

#[retry(wait = none(), when = unsent(), breaker = breaker)]
fn guarded_post(breaker: &CircuitBreaker, status: u16) -> Got {
    Ok(Response(status))
}

#[retry(stop = after_attempt(1), breaker = breaker.failures(transient()))]
fn viewed(breaker: &CircuitBreaker, status: u16) -> Got {
    Ok(Response(status))
}

#[test]
fn a_breaker_hears_of_it() {
    type Call = fn(&CircuitBreaker, u16) -> Got;
    for (call, status, failures, name) in [
        (guarded as Call, 503, 3, "retried"),
        (guarded, 501, 1, "final, and failed"),
        (guarded, 404, 0, "final, and well"),
        (guarded_post, 503, 1, "not repeated, and failed"),
        (guarded_post, 404, 0, "not repeated, and well"),
        (viewed, 503, 1, "by a view"),
        (viewed, 404, 0, "by a view, and well"),
    ] {
        let breaker = CircuitBreaker::new("service").consecutive(9);
        assert_eq!(call(&breaker, status).unwrap(), Response(status));
        let counts = breaker.counts();
        assert_eq!(counts.failures, failures, "{name}: {counts:?}");
    }
}

#[retry(stop = after_attempt(2), wait = none(), when = transient(), wrap_err = true)]
fn wrapped(server: &Server) -> Result<Response, RetryError<io::Error>> {
    Ok(server.answer())
}

#[test]
fn a_call_that_gives_up_with_a_value_is_an_error_if_errors_are_wrapped() {
    assert_eq!(wrapped(&Server::busy(1)).unwrap(), Response(200));
    let error = wrapped(&Server::busy(2)).unwrap_err();
    assert_eq!(
        (error.attempts(), error.reason()),
        (2, StopReason::Attempts)
    );
    assert!(error.last().is_none());
}

/// Nothing can stand for the response, so it is kept.
#[retry(stop = cancelled(&token), wait = 1min, when = transient(), before_sleep = |_| token.cancel())]
fn cancelled_in_the_pause(token: &CancelToken, server: &Server) -> Result<Response, Missing> {
    Ok(server.answer())
}

#[retry(stop = cancelled(&token), wait = 1min, when = transient(), before_sleep = |_| token.cancel())]
async fn cancelled_in_the_async_pause(
    token: &CancelToken,
    server: &Server,
) -> Result<Response, Missing> {
    Ok(server.answer())
}

/// A pause of no length, after which no attempt begins.
#[retry(stop = cancelled(&token), wait = none(), when = transient(), before_sleep = |_| token.cancel())]
async fn cancelled_before_a_yield(
    token: &CancelToken,
    server: &Server,
) -> Result<Response, Missing> {
    Ok(server.answer())
}

#[retry(policy = once_cancelled(token), when = transient(), before_sleep = |_| token.cancel())]
async fn cancelled_before_a_yield_of_a_policy(
    token: &CancelToken,
    server: &Server,
) -> Result<Response, Missing> {
    Ok(server.answer())
}

fn once_cancelled(token: &CancelToken) -> impl Policy<Result<Response, Missing>> {
    RetryPolicy::new()
        .stop(stop::cancelled(token))
        .wait(wait::none())
}

#[retry(wait = none(), when = transient(), budget = budget)]
fn refused_by_a_budget(budget: &RetryBudget, server: &Server) -> Result<Response, Missing> {
    Ok(server.answer())
}

#[retry(
    stop = cancelled(&token),
    wait = 1min,
    when = transient(),
    before_sleep = |_| token.cancel(),
    interrupt = |_| Err(io::ErrorKind::Interrupted.into()),
    breaker = breaker,
)]
fn interrupted(token: &CancelToken, breaker: &CircuitBreaker, server: &Server) -> Got {
    Ok(server.answer())
}

#[tokio::test(start_paused = true)]
async fn a_response_is_not_lost_where_a_call_ends_after_the_pause() {
    let server = Server::busy(9);
    let got = cancelled_in_the_async_pause(&CancelToken::new(), &server).await;
    assert_eq!(got.unwrap(), Response(503));
    let budget = RetryBudget::total(1);
    assert_eq!(
        refused_by_a_budget(&budget, &server).unwrap(),
        Response(503)
    );
    let breaker = CircuitBreaker::new("service").consecutive(9);
    let error = interrupted(&CancelToken::new(), &breaker, &server).unwrap_err();
    assert_eq!(
        error.kind(),
        io::ErrorKind::Interrupted,
        "it stands for the value"
    );
}

/// Each front of an async call: a token that came before a yield is seen after it.
#[tokio::test]
async fn no_attempt_begins_after_a_yield_in_which_a_token_came() {
    let once = |server: &Server, got: Result<Response, Missing>| {
        assert_eq!((got.unwrap(), server.asked()), (Response(503), 1));
    };
    let (server, token) = (Server::busy(1), CancelToken::new());
    once(&server, cancelled_before_a_yield(&token, &server).await);
    let (server, token) = (Server::busy(1), CancelToken::new());
    once(
        &server,
        cancelled_before_a_yield_of_a_policy(&token, &server).await,
    );
    static TOKENS: [CancelToken; 2] = [const { CancelToken::new() }; 2];
    let policy = |token: &'static CancelToken| {
        let policy = RetryPolicy::new().stop(stop::cancelled(token));
        policy
            .wait(wait::none())
            .when(when::transient().responses())
    };
    let cancels = |token: &'static CancelToken| {
        |_: &RetryState<'_, Result<Response, Missing>>| token.cancel()
    };
    let server = Server::busy(1);
    let boxed = policy(&TOKENS[0]).boxed().before_sleep(cancels(&TOKENS[0]));
    once(&server, boxed.run_async(async || Ok(server.answer())).await);
    let server = Server::busy(1);
    let policy = policy(&TOKENS[1]).before_sleep(cancels(&TOKENS[1]));
    let report = policy.report_async(async || Ok(server.answer())).await;
    once(&server, report.into_outcome());
}

#[test]
fn nor_in_a_blocking_call() {
    let server = Server::busy(9);
    let got = cancelled_in_the_pause(&CancelToken::new(), &server);
    assert_eq!(got.unwrap(), Response(503));
}

#[test]
fn a_policy_asks_it_by_a_word() {
    let policy = RetryPolicy::new().wait(wait::none());
    let server = Server::busy(2);
    let plain = policy.when(when::transient());
    assert_eq!(
        plain.run(|| Ok::<_, Interrupt>(server.answer())).unwrap(),
        Response(503)
    );
    assert_eq!(server.asked(), 1);

    let breaker = CircuitBreaker::new("service").consecutive(9);
    let asking = policy.when(when::transient().responses()).breaker(&breaker);
    let server = Server::busy(2);
    assert_eq!(
        asking.run(|| Ok::<_, Interrupt>(server.answer())).unwrap(),
        Response(200)
    );
    assert_eq!(server.asked(), 3);
    assert_eq!(breaker.counts().failures, 2);

    let beside = policy
        .stop(stop::after_attempt(2))
        .when(!when::err(|_: &Interrupt| true) & when::transient().responses() | when::never());
    let server = Server::busy(2);
    assert_eq!(
        beside.run(|| Ok::<_, Interrupt>(server.answer())).unwrap(),
        Response(503)
    );
    assert_eq!(server.asked(), 2);
}

/// A hint of the value is one.
#[test]
fn its_hint_is_a_floor() {
    let asked = when::transient().responses();
    let verdict = persevere::Predicate::verdict(&asked, &Ok::<_, io::Error>(Response(529)));
    assert_eq!(verdict.hint(), Some(Duration::from_secs(7)));
}

/// A bare response can be an outcome of its own.
#[derive(Debug)]
struct Bare(Response);

impl Outcome for Bare {
    type Value = Response;
    type Error = Response;

    fn value(&self) -> Option<&Response> {
        (self.0.0 < 400).then_some(&self.0)
    }

    fn error(&self) -> Option<&Response> {
        (self.0.0 >= 400).then_some(&self.0)
    }
}

#[retry(wait = none(), when = transient())]
fn bare(server: &Server) -> Bare {
    Bare(server.answer())
}

#[test]
fn of_a_bare_response_the_outcome_says_what_fails() {
    assert_eq!(bare(&Server::busy(2)).0, Response(200));
    assert_eq!(bare(&Server::busy(3)).0, Response(503));
}
