//! Callbacks: log lines, closures, a failing callback and an async one.
//!
//! ```text
//! cargo run --example callbacks --features log
//! ```

use std::fmt;
use std::time::Duration;

use log::LevelFilter;
use persevere::telemetry::Show;
use persevere::{Outcome, RetryState, retry};

/// One line for every pause, one for the end; the name is the function's path.
#[retry(
    wait = 10ms,
    before_sleep = log_warn(),
    on_success = log_info(),
    on_failure = log_error(),
)]
fn logged(replies: &mut Replies) -> Result<u32, ApiError> {
    replies.next()
}

/// A name of one's own, and the error's type instead of its text, which may hold a secret.
#[retry(name = "payments", wait = 10ms, before_sleep = log_warn().error(Show::Type))]
fn discreet(replies: &mut Replies) -> Result<u32, ApiError> {
    replies.next()
}

/// Closures see the state of the call, and may change what the function borrows.
#[retry(
    wait = 10ms,
    before = |s| trace.push(format!("attempt {}", s.attempt())),
    after = |s| trace.push(format!("{:?}", s.verdict())),
    before_sleep = |s| trace.push(format!("pause {:?}", s.pause())),
    on_success = |s| trace.push(format!("success after {}", s.attempt())),
)]
fn traced(replies: &mut Replies, trace: &mut Vec<String>) -> Result<u32, ApiError> {
    replies.next()
}

/// A function that many calls share is generic over the outcome.
fn shared<O: Outcome<Error: fmt::Display>>(state: &RetryState<'_, O>) {
    if let (Some(error), Some(pause)) = (state.err(), state.pause()) {
        println!("      {}: {error}, again in {pause:?}", state.name());
    }
}

#[retry(wait = 10ms, before_sleep = shared)]
fn reported(replies: &mut Replies) -> Result<u32, ApiError> {
    replies.next()
}

/// A callback that returns an error ends the call with it.
#[retry(wait = 10ms, before_sleep = |s| open(s.attempt()))]
fn guarded(replies: &mut Replies) -> Result<u32, ApiError> {
    replies.next()
}

fn open(attempt: u32) -> Result<(), ApiError> {
    if attempt < 2 {
        Ok(())
    } else {
        Err(ApiError::Closed)
    }
}

struct Client {
    token: u32,
    replies: Replies,
}

impl Client {
    /// In an async function a callback may await: here it renews the token, `&mut self` and all.
    #[retry(
        case(Err(ApiError::Unauthorized), wait = none(), before_sleep = async |_| self.renew().await),
        on = Err(ApiError::Unavailable),
        wait = 10ms,
    )]
    async fn get(&mut self) -> Result<u32, ApiError> {
        println!("      with token {}", self.token);
        self.replies.next()
    }

    async fn renew(&mut self) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.token += 1;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    log::set_logger(&Printer).expect("the only logger");
    log::set_max_level(LevelFilter::Debug);
    use ApiError::*;

    println!("log_warn(), log_info()");
    result(logged(&mut replies([
        Err(Unavailable),
        Err(Unavailable),
        Ok(7),
    ])));
    println!("log_error()");
    result(logged(&mut replies([
        Err(Unavailable),
        Err(Unavailable),
        Err(Unavailable),
    ])));
    println!("the error's type alone");
    result(discreet(&mut replies([Err(Unavailable), Ok(7)])));

    println!("closures");
    let mut trace = Vec::new();
    let reply = traced(&mut replies([Err(Unavailable), Ok(7)]), &mut trace);
    for line in trace {
        println!("      {line}");
    }
    result(reply);

    println!("a shared function");
    result(reported(&mut replies([Err(Unavailable), Ok(7)])));
    println!("a failing callback");
    result(guarded(&mut replies([
        Err(Unavailable),
        Err(Unavailable),
        Ok(7),
    ])));

    println!("an async callback");
    let mut client = Client {
        token: 1,
        replies: replies([Err(Unauthorized), Err(Unavailable), Ok(7)]),
    };
    result(client.get().await);
}

fn result(reply: Result<u32, ApiError>) {
    match reply {
        Ok(value) => println!("   => {value}\n"),
        Err(error) => println!("   => error: {error}\n"),
    }
}

#[derive(Debug)]
enum ApiError {
    Unavailable,
    Unauthorized,
    Closed,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ApiError::Unavailable => "the service is unavailable",
            ApiError::Unauthorized => "the token has expired",
            ApiError::Closed => "the client was closed",
        })
    }
}

impl std::error::Error for ApiError {}

/// The replies of a service, call by call.
struct Replies(Vec<Result<u32, ApiError>>);

impl Replies {
    fn next(&mut self) -> Result<u32, ApiError> {
        self.0.pop().unwrap_or(Err(ApiError::Closed))
    }
}

fn replies<const N: usize>(replies: [Result<u32, ApiError>; N]) -> Replies {
    Replies(replies.into_iter().rev().collect())
}

/// A logger that prints; a program would take one from a crate.
struct Printer;

impl log::Log for Printer {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("{:>5} {}", record.level(), record.args());
    }

    fn flush(&self) {}
}
