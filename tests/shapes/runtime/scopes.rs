//! Annotated functions inside scopes of the testing kit.

use std::time::Duration;

use persevere::testing::{self, Flaky, Recorder, Scope};
use persevere::{CircuitBreaker, Policy, RetryBudget, RetryPolicy, StopReason, retry, wait};

const SECOND: Duration = Duration::from_secs(1);

type Server = Flaky<std::io::Error>;

fn failing(times: u64) -> Server {
    Flaky::times(times, || std::io::ErrorKind::TimedOut.into())
}

#[retry(wait = 1s)]
fn blocking(server: &Server) -> std::io::Result<u8> {
    server.call(|| Ok(7))
}

#[retry(wait = 1s, name = "renamed")]
fn renamed(server: &Server) -> std::io::Result<u8> {
    server.call(|| Ok(7))
}

#[retry(wait = 1s)]
async fn asynchronous(server: &Server) -> std::io::Result<u8> {
    server.call_async(|| async { Ok(7) }).await
}

static BREAKER: CircuitBreaker = CircuitBreaker::new("scopes").consecutive(100);
static BUDGET: RetryBudget = RetryBudget::total(100);

#[retry(wait = 1s, deadline = 1h, breaker = &BREAKER, budget = &BUDGET)]
fn guarded(server: &Server) -> std::io::Result<u8> {
    server.call(|| Ok(7))
}

#[retry(wait = 1s, attempt_timeout = 1h, hedge = delay(30min).copies(2))]
async fn hedged(server: &Server) -> std::io::Result<u8> {
    server.call_async(|| async { Ok(7) }).await
}

fn shared<T>() -> impl Policy<std::io::Result<T>> {
    RetryPolicy::new().wait(wait::fixed(SECOND))
}

#[retry(policy = shared())]
fn by_policy(server: &Server) -> std::io::Result<u8> {
    server.call(|| Ok(7))
}

#[retry(
    case(Err(error) if error.kind() == std::io::ErrorKind::TimedOut, stop = after_attempt(4), wait = 2s),
)]
fn with_cases(server: &Server) -> std::io::Result<u8> {
    server.call(|| Ok(7))
}

#[test]
fn every_blocking_form_is_recorded_under_its_name() {
    type Form = fn(&Server) -> std::io::Result<u8>;
    let forms: [(&str, Form, Duration); 5] = [
        ("scopes::blocking", blocking, SECOND),
        ("renamed", renamed, SECOND),
        ("scopes::guarded", guarded, SECOND),
        ("scopes::by_policy", by_policy, SECOND),
        ("scopes::with_cases", with_cases, 2 * SECOND),
    ];
    for (name, form, pause) in forms {
        let server = failing(2);
        let (outcome, recorded) = testing::record(|| form(&server));
        assert_eq!(outcome.unwrap(), 7, "{name}");
        let ours = recorded.of(name);
        ours.attempts(3).pauses([pause; 2]).never_gave_up();
        assert_eq!(ours, recorded, "{name}");

        let (outcome, recorded) = testing::record(|| Scope::off().run(|| form(&failing(1))));
        assert!(outcome.is_err(), "{name}");
        recorded.of(name).attempts(1).gave_up(StopReason::Attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn every_async_form_is_recorded_under_its_name() {
    let server = failing(2);
    let (outcome, recorded) = testing::record_async(asynchronous(&server)).await;
    assert_eq!(outcome.unwrap(), 7);
    recorded.of("asynchronous").attempts(3).pauses([SECOND; 2]);

    // The copy of an attempt that fails is no attempt.
    let server = failing(3);
    let (outcome, recorded) = testing::record_async(hedged(&server)).await;
    assert_eq!(outcome.unwrap(), 7);
    recorded.of("hedged").attempts(2).pauses([SECOND]);

    let capped = Scope::capped(2).run_async(asynchronous(&server));
    let start = tokio::time::Instant::now();
    assert!(capped.await.is_ok());
    assert_eq!((server.calls(), start.elapsed()), (5, Duration::ZERO));
}

#[test]
fn calls_that_alternate_are_told_apart() {
    #[retry(wait = 1s, stop = after_attempt(2))]
    async fn first(server: &Server) -> std::io::Result<u8> {
        server.call_async(|| async { Ok(7) }).await
    }

    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let (one, other) = (failing(9), failing(9));
    let both = async { tokio::join!(asynchronous(&one), first(&other)) };
    let _ = runtime.block_on(Scope::new().record(&recorder).run_async(both));
    let recorded = recorder.recorded();
    recorded.attempts(5);
    recorded.of("asynchronous").attempts(3);
    recorded.of("first").attempts(2);
}
