//! Retries, timeouts and circuit breakers for Rust functions, from one attribute.
//!
//! ```no_run
//! use std::io;
//!
//! use persevere::retry;
//! use tokio::net::TcpStream;
//!
//! #[retry(
//!     stop = after_attempt(3) | after_delay(30s),        // whichever comes first
//!     wait = exponential(100ms).max(10s).full_jitter(),
//!     when = transient(),                                // errors that another attempt may cure
//!     before_sleep = |s| println!("attempt {}: {}", s.attempt(), s.err().unwrap().kind()),
//! )]
//! async fn connect(address: &str) -> io::Result<TcpStream> {
//!     TcpStream::connect(address).await // `?`, `return`, `self`, borrows: all as usual
//! }
//!
//! #[tokio::main]
//! async fn main() {
//!     match connect("127.0.0.1:1").await {
//!         Ok(_) => println!("connected"),
//!         Err(error) => println!("gave up: {}", error.kind()),
//!     }
//! }
//! ```
//!
//! ```text
//! attempt 1: connection refused
//! attempt 2: connection refused
//! gave up: connection refused
//! ```
//!
//! | for | read |
//! |---|---|
//! | every key of the attribute | [`retry`](macro@retry) |
//! | the same guards without retries | [`guard`](macro@guard) |
//! | the strategies | [`stop`], [`wait`], [`when`] |
//! | the same as values, run over closures | [`RetryPolicy`] |
//! | errors that say whether to retry them | [`Transient`](trait@Transient) |
//!
//! # Lifecycle of a call
//!
//! ```text
//! before → attempt → verdict → after ─┬→ final: on_success or on_failure, return
//!                                     └→ retryable: pause and stop ─┬→ before_sleep, sleep, next attempt
//!                                                                   └→ give up: on_failure, fallback or return
//! ```
//!
//! A final outcome is returned as it is. After a retryable one the pause is computed first, so that the stop knows it.
//!
//! - **Verdict.** `unless`, `on` and `case` are arms of one `match` over the outcome: `unless` first,
//!   the others in the order written. The first that matches decides. An outcome that matches none is judged by `when`
//!   if it is given. Without `when` it is final, or retried if `unless` is the only key of these. With none of these
//!   keys every failure is retried: `Err`, `None`.
//! - **Guards** such as a breaker act [between these steps](#limits-on-retries).
//! - **Hints.** The pause that a failure asks for (`Retry-After` and the like) is a floor:
//!   `max(own, hint + U(0, min(hint / 10, 1 s)))`, where own is the pause of the wait. A hint of zero is no floor.
//!   A hint longer than the wait's [`hint_max`](wait::Backoff::hint_max) ends the call. gRPC's pushback
//!   is [exact](Verdict::RetryIn).
//! - **Limits.** No hint outranks a limit. Elapsed time is read after sleeping, from a monotonic clock, and only
//!   where a strategy or a callback needs it.
//! - **Arithmetic** saturates. Values that can only be a mistake are compile errors where they are
//!   literals; at run time they are normalised by the rule that [`InvalidValue`] states for each, and
//!   [`RetryPolicy::validate`] reports them.
//! - **Cancellation.** Dropping the future of an async call ends it at once; nothing keeps running in the background.
//! - **Panics** of the body and of callbacks propagate.
//! - **Time.** Inside a tokio runtime async calls use its clock and timer, so that
//!   `tokio::time::pause` drives everything.
//!
//! # Limits on retries
//!
//! Retries add load to a service that is already struggling. These parts keep them in bounds:
//!
//! | part | bounds | key of the attribute, method of [`RetryPolicy`] |
//! |---|---|---|
//! | deadline | the whole call: [`Deadline`](policy::Deadline) | `deadline` |
//! | attempt timeout | one attempt, of async calls | `attempt_timeout` |
//! | [`CircuitBreaker`] | calls to a service that is down: none while it is [open](breaker) | `breaker` |
//! | [`RateLimiter`] | the attempts of all calls that share it, by time; a hint of one answer holds them all | `rate_limiter` |
//! | [`Bulkhead`] | the attempts of all calls that share it, at a time | `bulkhead` |
//! | [`RetryBudget`] | the retries of all calls that share it | `budget` |
//! | [`hedge`] | the tail: further copies of a slow attempt, of async calls | `hedge` |
//! | [`nested`] | attempts of calls inside attempts, which multiply | `nested` |
//! | [`CancelToken`] | calls that are no longer wanted | `stop = cancelled(&TOKEN)` |
//!
//! Parts that calls share are lock-free and `const`-constructible: keep them in a `static`, in an
//! `Arc`, or, one for each host, in a [`Registry`].
//!
//! The guards of one call act in this order:
//!
//! 1. *Before each attempt*: past its deadline, the call ends. A budget of retries in flight pays for a
//!    retry here, or ends the call. An open breaker ends it too, or is waited for. A permit and a place are taken, or
//!    waited for in the order in which calls came, while nothing of the others is held.
//! 2. *During* an async attempt: the attempt timeout or the deadline, whichever is nearer, cuts it.
//!    With a hedge it is a race of copies, each with its own timeout, and a further copy is paid for as
//!    a retry is. Retried calls inside see the deadline and the budget.
//! 3. *After it*: the breaker records the [`Health`] of the service that the outcome shows, the place is given back, a
//!    hint holds the rate limiter, and the budget records the verdict.
//! 4. *Before the pause*: the pause has to end before the deadline, and the budget has to pay for the retry.
//!    A call that is dropped in its pause gets that back.
//!
//! An attempt that is cut or refused becomes an outcome by [`From<Interrupt>`](Interrupt), and the
//! call's [`StopReason`] says which guard ended it: to `on_failure`, `fallback`, statistics and, with
//! `wrap_err`, the caller.
//!
//! # Policies as data
//!
//! The feature `config` has `RetryConfigs`: policies by name, from TOML, JSON and environment variables,
//! in the words of the attribute, changed while the program runs. A function takes one with
//! `#[retry(policy = CONFIG.get("payments"), when = transient())]`. A name that the set does not declare is
//! a compile error. A bad file is refused with the key, the value and what it may be; the previous policies
//! stay in effect.
//!
//! # Testing
//!
//! The feature `testing` has a kit: virtual time for blocking calls (async ones follow tokio's paused
//! clock), seeded jitter, a record of attempts and pauses, faults as a callable, a `tower` service or a
//! TCP proxy, and scopes that turn retries off or cap them. For a whole process in production there is
//! [`switch`].
//!
//! # Observability
//!
//! Callbacks at every step; counters in a [`RetryStats`]; log lines, `tracing` events and spans, and
//! metrics, of one function or of every call of the process: [`telemetry`].
//!
//! # Blocking calls in async code
//!
//! A blocking function pauses by putting its thread to sleep. In a task of an async runtime that is the
//! runtime's thread, which runs no other task meanwhile: timers are late, and on a runtime of one thread
//! everything stands still. Make the function async, or call it where blocking is allowed:
//!
//! ```
//! # use persevere::retry;
//! #[retry(wait = 10ms)]
//! fn read(path: &str) -> std::io::Result<Vec<u8>> {
//!     std::fs::read(path)
//! }
//!
//! # async fn in_a_task() {
//! let bytes = tokio::task::spawn_blocking(|| read("config.toml")).await;
//! # let _ = bytes;
//! # }
//! ```
//!
//! With the feature `tokio` a debug build warns of the first such pause of a process and names the function: to the
//! logger or the subscriber that is installed, or else on stderr. It is silent in `spawn_blocking`, in
//! `block_in_place`, on other threads, and about sleepers of your own. Under other runtimes it does not warn.
//!
//! # Platforms
//!
//! | platform | works | the program supplies |
//! |---|---|---|
//! | an operating system | everything | |
//! | the same, 32-bit, without atomics of 64 bits | everything; shared parts take locks (`portable-atomic`) | |
//! | `wasm32-unknown-unknown` | the attribute, policies, guards, the step API | a clock, sleepers, a seed |
//! | `no_std` with `alloc` | strategies, `resume`, `schedule`, [`Transient`](trait@Transient) | a seed |
//!
//! On `wasm32-unknown-unknown` std's clock and its sleep panic, and its hash keys are the same on every device:
//!
//! - **Clock.** [`clock::set`] gives one to the process; limits of time, breakers, budgets and callbacks read it.
//!   Without one, the first reader of a clock panics and says so. An `Instant` is a [`clock::Instant`] there.
//! - **Sleeper.** `sleep = ..`, [`RetryPolicy::sleep`] and [`RetryPolicy::sleep_async`] take one; attempt timeouts
//!   and hedges wait on it too. A pause of zero, such as those of `wait = none()`, needs neither sleeper nor clock.
//! - **Seed.** [`RandomSource::seed`], here and without `std`: devices that run the same program draw the
//!   same jitter until each has its own.
//! - tokio's timers need its clock, and do not work there, nor does `http::idempotency_key`. A `Retry-After` is read
//!   as seconds; as a date only beside a `Date`.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `full` | | all below but `etcd-client` and `rdkafka` |
//! | `std` | yes | clocks, blocking sleeps, thread-local randomness; without it: strategies, `resume`, `schedule` |
//! | `macros` | yes | the attribute |
//! | `tokio` | yes | async pauses on tokio's timer; its `time` and `rt` only; `Elapsed` is `Transient` |
//! | `futures-timer` | | async pauses under any runtime |
//! | `async` | | `run_async` on a sleeper of your own; both timers bring it along |
//! | `stream` | | functions that return [streams](macro@retry#streams), and [`run_stream`](RetryPolicy#method.run_stream): both are opened again where they broke; together with `http`, server-sent events: `http::sse` |
//! | `log` | | `log_error()` … `log_trace()` as callbacks |
//! | `tracing` | | the same callbacks as [events](telemetry#events), and `span = true` |
//! | `metrics` | | `metrics = true`: [attempts, durations, give-ups, breakers, budgets](telemetry#metrics) |
//! | `anyhow` | | `err_is`, `cause_is` and `transient_cause` look into `anyhow::Error` |
//! | `tokio-util` | | `cancelled(&token)` with tokio-util's `CancellationToken` |
//! | `serde` | | a breaker's [`Snapshot`](breaker::Snapshot) can be written down |
//! | `config` | | the module `config`: `RetryConfig`, `RetryConfigs` |
//! | `signal-hook` | | a watched configuration file is read again on SIGHUP too; on Unix; brings `config` along |
//! | `tokio-postgres` `sqlx` `rusqlite` `redis` | | which of their errors are [`Transient`](trait@Transient); those of `sqlx` and `redis` can be made of an [`Interrupt`]; `sqlx` needs Rust 1.94 |
//! | `mysql` `mysql_async` `bb8` `deadpool` `r2d2` | | the same of MySQL's clients, which need Rust 1.88, and of pools |
//! | `diesel` | | which of its errors are [`Transient`](trait@Transient), by kind or by text, and one of an [`Interrupt`]; needs Rust 1.86 |
//! | `testing` | | the module `testing`: virtual time, faults, records; for `[dev-dependencies]` |
//! | `tower` | | `tower`: layers that retry a service, and that ask a breaker; together with `testing`, faults around one |
//! | `axum` | | `axum`: refusals as responses of axum 0.8, and the time that a caller gives as the deadline of a handler's calls; brings `http`, `tokio` and `tower` along |
//! | `http` | | `http`: `Retry-After` and other hints, gRPC's pushback, `RetryInfo` and timeout, read from headers; statuses, `HttpError`, `Idempotency-Key`; together with `tower`, deadlines from requests |
//! | `hyper` `hyper-util` `reqwest` | | which of their errors are [`Transient`](trait@Transient), and `HttpError` of them; `reqwest-blocking` for its blocking client |
//! | `reqwest-middleware` | | `tower::RetryMiddleware`, a policy as a middleware, and which of its errors are [`Transient`](trait@Transient); brings `tower` along |
//! | `aws-smithy-runtime-api` | | which `SdkError` is [`Transient`](trait@Transient), by the service's code, its status and hints |
//! | `async-nats` | | which of its errors are [`Transient`](trait@Transient), and which prove that nothing was stored; needs Rust 1.89 |
//! | `etcd-client` | | which of its errors are [`Transient`](trait@Transient), and one of an [`Interrupt`]; needs `protoc` where it is built |
//! | `lapin` | | which of its errors are [`Transient`](trait@Transient); what a broker refuses is a result; needs Rust 1.88 |
//! | `lettre` | | which errors of a mail server are [`Transient`](trait@Transient), and which prove that it took nothing |
//! | `object_store` | | which of its errors are [`Transient`](trait@Transient), and one of an [`Interrupt`] |
//! | `rdkafka` | | which of its errors are [`Transient`](trait@Transient), by their code; it builds a library of C |
//! | `ureq` | | which of its errors are [`Transient`](trait@Transient), an `HttpError` of them, and one of an [`Interrupt`] |
//! | `tonic` | | which `tonic::Status` is [`Transient`](trait@Transient), pushback and `RetryInfo` included, and one of an [`Interrupt`]; together with `tower`, errors of responses |
//!
//! Features add, and never swap one behaviour for another.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The attribute's paths start at `::persevere`; this lets it work in this package as well.
extern crate self as persevere;

pub use persevere_core::*;

// Once more by name, for the compiler to tell which feature is missing.
#[cfg(feature = "axum")]
pub use persevere_core::axum;
#[cfg(feature = "http")]
pub use persevere_core::http;
#[cfg(feature = "testing")]
pub use persevere_core::testing;
#[cfg(feature = "tower")]
pub use persevere_core::tower;
#[cfg(feature = "redis-fleet")]
pub use persevere_core::{Fleet, fleet};
#[cfg(feature = "config")]
pub use persevere_core::{RetryConfig, RetryConfigs, config};

#[doc(hidden)]
pub use persevere_core::__private;

#[cfg(feature = "macros")]
mod macros;
#[cfg(feature = "macros")]
pub use self::macros::{Transient, circuit_breaker, guard, policy, retry};
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use persevere_macros::__retry_by_set;

#[cfg(all(doctest, feature = "macros", feature = "tokio"))]
#[doc = include_str!("../README.md")]
mod readme {}
