//! Outcomes to retry: by patterns, by predicates, and by the value of a success.
//!
//! ```text
//! cargo run --example by_error_and_result
//! ```

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use persevere::retry;

#[derive(Debug)]
enum ApiError {
    Timeout,
    Status(u16),
    RateLimited { after: Duration },
    Unauthorized,
}

impl ApiError {
    fn is_server_error(&self) -> bool {
        matches!(self, ApiError::Status(500..))
    }
}

#[derive(Debug)]
enum Job {
    Running { percent: u8 },
    Done,
}

/// A pattern over the whole outcome: what matches is retried, all else is final.
#[retry(on = Err(ApiError::Timeout | ApiError::Status(500..=599)), wait = 5ms)]
fn by_pattern(service: &mut Service<Result<u32, ApiError>>) -> Result<u32, ApiError> {
    service.call()
}

/// Polling: a success that is not the one we wait for is retried, too.
#[retry(on = Ok(Job::Running { .. }) | Err(ApiError::Timeout), stop = after_attempt(10), wait = 5ms)]
fn by_result(service: &mut Service<Result<Job, ApiError>>) -> Result<Job, ApiError> {
    service.call()
}

/// A guard sees what the pattern binds, and the function's arguments.
#[retry(on = Ok(Job::Running { percent }) if *percent < enough, stop = after_attempt(10), wait = 5ms)]
fn by_guard(service: &mut Service<Result<Job, ApiError>>, enough: u8) -> Result<Job, ApiError> {
    service.call()
}

/// Every failure but these.
#[retry(unless = Err(ApiError::Unauthorized | ApiError::Status(400..=499)), wait = 5ms)]
fn by_exception(service: &mut Service<Result<u32, ApiError>>) -> Result<u32, ApiError> {
    service.call()
}

/// Each class of outcomes with limits and pauses of its own.
#[retry(
    case(Err(ApiError::RateLimited { after }), stop = after_attempt(8), wait = fixed(*after)),
    case(Err(ApiError::Timeout), stop = after_attempt(2), wait = none()),
    on = Err(ApiError::Status(503)),
    wait = 5ms,
)]
fn by_class(service: &mut Service<Result<u32, ApiError>>) -> Result<u32, ApiError> {
    service.call()
}

/// Closures say what patterns cannot; `|`, `&` and `!` combine predicates.
#[retry(when = err(|e| e.is_server_error()) | ok(|page| page.is_empty()), wait = 5ms)]
fn by_closure(service: &mut Service<Result<String, ApiError>>) -> Result<String, ApiError> {
    service.call()
}

/// The error itself knows whether another attempt can help: `persevere::Transient`.
#[retry(when = transient(), wait = 5ms)]
fn by_transient(service: &mut Service<io::Result<u32>>) -> io::Result<u32> {
    service.call()
}

/// Something in the chain of causes is an I/O error that does not say "denied".
#[retry(when = cause_is::<io::Error>() & !message("denied"), wait = 5ms)]
fn by_cause(service: &mut Service<Result<u32, Box<dyn Error>>>) -> Result<u32, Box<dyn Error>> {
    service.call()
}

/// Any return type: without a success or a failure the whole value is matched.
#[retry(on = 0..=2, stop = after_attempt(10), wait = 5ms)]
fn by_value(service: &mut Service<u32>) -> u32 {
    service.call()
}

fn main() {
    use ApiError::*;

    println!("by pattern: a final error ends the call");
    let mut service = Service::new([Err(Timeout), Err(Status(503)), Err(Status(404)), Ok(1)]);
    let _ = by_pattern(&mut service);

    println!("by result: until the job is done");
    let running = |percent| Ok(Job::Running { percent });
    let mut service = Service::new([running(30), Err(Timeout), running(80), Ok(Job::Done)]);
    let _ = by_result(&mut service);

    println!("by guard: until the job is far enough");
    let mut service = Service::new([running(30), running(80), Ok(Job::Done)]);
    let _ = by_guard(&mut service, 50);

    println!("by exception: all but client errors");
    let mut service = Service::new([Err(Status(500)), Err(Unauthorized), Ok(1)]);
    let _ = by_exception(&mut service);

    println!("by class: each counts by itself, and a second timeout is one too many");
    let limited = || {
        Err(RateLimited {
            after: Duration::from_millis(10),
        })
    };
    let mut service = Service::new([limited(), Err(Timeout), limited(), Err(Timeout), Ok(1)]);
    let _ = by_class(&mut service);

    println!("by closure: server errors and empty pages");
    let mut service = Service::new([Err(Status(502)), Ok(String::new()), Ok("page".to_owned())]);
    let _ = by_closure(&mut service);

    println!("by transient: what can pass by itself");
    let reset = io::ErrorKind::ConnectionReset;
    let missing = io::ErrorKind::NotFound;
    let mut service = Service::new([Err(reset.into()), Err(missing.into()), Ok(1)]);
    let _ = by_transient(&mut service);

    println!("by cause: an I/O error deep inside");
    let load = |error: io::Error| Err(Load(error).into());
    let mut service = Service::new([
        load(io::ErrorKind::TimedOut.into()),
        Err("not an I/O error".into()),
        Ok(1),
    ]);
    let _ = by_cause(&mut service);

    println!("by value: at least 3");
    by_value(&mut Service::new([0, 2, 3]));
}

#[derive(Debug)]
struct Load(io::Error);

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot load the page")
    }
}

impl Error for Load {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// A service that gives these replies, one a call.
struct Service<O>(Box<dyn Iterator<Item = O>>);

impl<O: fmt::Debug + 'static> Service<O> {
    fn new<const N: usize>(replies: [O; N]) -> Self {
        Service(Box::new(replies.into_iter()))
    }

    fn call(&mut self) -> O {
        let reply = self.0.next().expect("no call after the last reply");
        println!("    {reply:?}");
        reply
    }
}
