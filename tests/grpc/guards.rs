//! Limits on the calls of a client.

use std::future::pending;
use std::time::Duration;

use greeter::{Greeter, Server, unavailable};
use persevere::http::grpc_timeout;
use persevere::testing::{Recorder, Scope};
use persevere::{CircuitBreaker, Interrupt, RetryBudget, StopReason, retry};
use tonic::{Code, Request, Status};

/// Always unavailable.
fn down() -> Server {
    Server::start(|_, _| async { Err(unavailable(None)) })
}

fn interrupt(status: &Status) -> Option<&Interrupt> {
    std::error::Error::source(status)?.downcast_ref()
}

#[tokio::test]
async fn a_budget_of_all_calls() {
    static BUDGET: RetryBudget = RetryBudget::throttle(10, 0.1);

    #[retry(stop = after_attempt(20), wait = none(), when = transient(), budget = &BUDGET)]
    async fn hello(greeter: &Greeter) -> Result<String, Status> {
        greeter.clone().hello("ada".to_owned()).await
    }

    let server = down();
    let greeter = Greeter::new(server.channel());
    let recorder = Recorder::new();
    for _ in 0..10 {
        let scope = Scope::new().record(&recorder);
        assert!(scope.run_async(hello(&greeter)).await.is_err());
    }
    // Ten calls, and the retries that tokens above the half of ten allow.
    assert_eq!(server.calls(), 10 + 4);
    assert_eq!(recorder.recorded().reasons(), [StopReason::Budget; 10]);
}

#[tokio::test]
async fn an_open_breaker_calls_nobody() {
    static GREETER: CircuitBreaker = CircuitBreaker::new("greeter").consecutive(3);

    #[retry(stop = after_attempt(5), wait = none(), when = transient(), breaker = &GREETER)]
    async fn hello(greeter: &Greeter) -> Result<String, Status> {
        greeter.clone().hello("ada".to_owned()).await
    }

    let server = down();
    let greeter = Greeter::new(server.channel());
    // The last answer of the server, and not that the breaker opened.
    let first = hello(&greeter).await.unwrap_err();
    assert_eq!((first.message(), server.calls()), ("busy", 3));
    let refused = hello(&greeter).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    let open = interrupt(&refused);
    assert!(matches!(open, Some(Interrupt::CircuitOpen { .. })));
    assert_eq!(server.calls(), 3);
}

#[tokio::test]
async fn statuses_of_callers_do_not_open_a_breaker() {
    static GREETER: CircuitBreaker = CircuitBreaker::new("greeter").consecutive(1);

    #[retry(when = transient(), breaker = &GREETER)]
    async fn hello(greeter: &Greeter) -> Result<String, Status> {
        greeter.clone().hello("ada".to_owned()).await
    }

    let server = Server::start(|_, _| async { Err(Status::not_found("nobody")) });
    let greeter = Greeter::new(server.channel());
    for calls in 1..4 {
        let failed = hello(&greeter).await.unwrap_err();
        assert_eq!((failed.code(), server.calls()), (Code::NotFound, calls));
    }
}

/// Each attempt carries the time that is left of the call.
#[tokio::test]
async fn the_server_is_told_what_time_is_left() {
    #[retry(stop = after_attempt(3), wait = 2ms, when = transient(), deadline = 1min, attempt = at)]
    async fn hello(greeter: &Greeter) -> Result<String, Status> {
        let mut request = Request::new("ada".to_owned());
        if let Some(left) = at.remaining() {
            request.set_timeout(left);
        }
        greeter.clone().hello(request).await
    }

    let server = down();
    let greeter = Greeter::new(server.channel());
    assert!(hello(&greeter).await.is_err());
    let told = server.told("grpc-timeout");
    let told = told.iter().map(|told| grpc_timeout(told.as_ref()?));
    let told = Vec::from_iter(told.map(|told| told.expect("a timeout")));
    assert_eq!(told.len(), 3);
    assert!(told[0] <= Duration::from_secs(60), "{told:?}");
    for both in told.windows(2) {
        assert!(both[1] <= both[0] - Duration::from_millis(2), "{told:?}");
    }
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_repeated() {
    #[retry(stop = after_attempt(1000), wait = none(), when = transient(), attempt_timeout = 50ms)]
    async fn hello(greeter: &Greeter) -> Result<String, Status> {
        greeter.clone().hello("ada".to_owned()).await
    }

    let server = Server::start(|before, _| async move {
        match before {
            0 => pending().await,
            _ => Ok("hello".to_owned()),
        }
    });
    let greeter = Greeter::new(server.channel());
    assert_eq!(hello(&greeter).await.unwrap(), "hello");
    assert!(server.calls() > 1);
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends() {
    #[retry(when = transient(), deadline = 20ms)]
    async fn hello(greeter: &Greeter) -> Result<String, Status> {
        greeter.clone().hello("ada".to_owned()).await
    }

    let server = Server::start(|_, _| pending());
    let late = hello(&Greeter::new(server.channel())).await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
    assert_eq!(interrupt(&late), Some(&Interrupt::Deadline));
}
