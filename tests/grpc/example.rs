//! A gRPC client as one would run it: what can pass is retried, when the server says so; within a deadline that
//! the server is told, a budget of all calls, and a breaker. The server is this program's own.
//!
//! ```text
//! cargo run -p persevere-grpc-tests --example grpc
//! ```

use std::time::Duration;

use greeter::{Greeter, Server, retrying, unavailable};
use persevere::{CircuitBreaker, RetryBudget, RetryPolicy, RetryState, retry, when};
use tonic::{Request, Status};

static GREETER: CircuitBreaker = CircuitBreaker::new("greeter")
    .consecutive(6)
    .open_for(Duration::from_millis(100));
static BUDGET: RetryBudget = RetryBudget::throttle(20, 0.1);

#[retry(
    stop = after_attempt(4),
    wait = exponential(20ms).factor(2.0).max(1s).jitter_ratio(0.2),
    when = transient(),
    deadline = 2s,
    breaker = GREETER.failures(when::transient()),
    budget = &BUDGET,
    attempt = at,
    before_sleep = tell,
)]
async fn hello(greeter: &Greeter, name: &str) -> Result<String, Status> {
    let mut request = Request::new(name.to_owned());
    if let Some(left) = at.remaining() {
        request.set_timeout(left);
    }
    if at.number() > 1 {
        let before = (at.number() - 1).into();
        request
            .metadata_mut()
            .insert("grpc-previous-rpc-attempts", before);
    }
    greeter.clone().hello(request).await
}

fn tell(s: &RetryState<'_, Result<String, Status>>) {
    let (status, pause) = (s.err().expect("it failed"), s.pause().expect("it pauses"));
    println!(
        "  attempt {}: {:?} {:?}; {pause:?}",
        s.attempt(),
        status.code(),
        status.message()
    );
}

fn show(outcome: Result<String, Status>) {
    match outcome {
        Ok(greeting) => println!("  {greeting}"),
        Err(status) => println!("  ended: {:?} {:?}", status.code(), status.message()),
    }
}

#[tokio::main]
async fn main() {
    let mut server = Server::start(|before, name| async move {
        match before {
            0 => Err(unavailable(None)),
            1 => Err(unavailable(Some("150"))),
            3 => Err(Status::invalid_argument("no name")),
            4 => Err(unavailable(Some("-1"))),
            5 => Err(unavailable(None)),
            _ => Ok(format!("hello, {}", name.get_ref())),
        }
    });
    let greeter = Greeter::new(server.channel());

    println!("a server that is busy, and then says for how long");
    show(hello(&greeter, "ada").await);
    println!("what another attempt would not change");
    show(hello(&greeter, "").await);
    println!("a server that asks not to retry");
    show(hello(&greeter, "ada").await);

    println!("one policy around the channel, for all methods");
    let policy = RetryPolicy::new()
        .when(when::transient())
        .deadline(Duration::from_secs(2));
    show(
        Greeter::new(retrying(policy, server.channel()))
            .hello("grace".to_owned())
            .await,
    );

    println!("a server that is gone");
    server.down();
    show(hello(&greeter, "ada").await);
    show(hello(&greeter, "ada").await);
    show(hello(&greeter, "ada").await);
    println!("and back");
    server.up();
    tokio::time::sleep(Duration::from_millis(120)).await;
    show(hello(&greeter, "ada").await);
    println!("{} calls reached the server; {BUDGET}", server.calls());
}
