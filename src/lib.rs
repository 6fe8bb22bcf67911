//! Resilience for Rust functions by one attribute.
//!
//! ```
//! use persevere::retry;
//! use tokio::net::TcpStream;
//!
//! #[retry(
//!     stop = after_attempt(5) | after_delay(30s),       // whichever comes first
//!     wait = exponential(100ms).max(10s).full_jitter(),
//!     when = transient(),                               // the errors that can pass
//! )]
//! async fn connect(address: &str) -> std::io::Result<TcpStream> {
//!     TcpStream::connect(address).await
//! }
//! # let _ = connect("127.0.0.1:1");
//! ```
//!
//! Read on at [`retry`](macro@retry) for every key of the attribute, at [`stop`], [`wait`] and
//! [`when`] for the strategies, and at [`RetryPolicy`] for the same as values: policies that are
//! built at run time, shared, and run over closures.
//!
//! # How a call goes
//!
//! `before` → attempt → verdict → `after`, and then, if the outcome is *final*: `on_success` or
//! `on_failure`, and the outcome is returned as it is. If it is *retryable*: the pause is computed,
//! the stop is asked, which knows the pause, and either the call gives up (`on_failure`, then
//! `fallback` or return), or it goes on (`before_sleep`, sleep, next attempt).
//!
//! - **Verdict.** `unless`, `on` and `case` are arms of one `match` over the outcome: `unless` first,
//!   the others in the order written; the first that matches decides. What matches none is asked of `when` if it is given,
//!   and is final otherwise, unless only `unless` stands there. With none of these keys every
//!   failure is retried: `Err`, `None`.
//! - **Guards**, where there are any, come between: see [below](#limits-on-retries).
//! - **Hints.** What the failure asks for (`Retry-After` and the like) is a floor under the pause:
//!   `max(own, hint + U(0, min(hint / 10, 1 s)))`, where own is the pause of the wait. Zero is no floor,
//!   and one longer than the wait's [`hint_max`](wait::Backoff::hint_max) ends the call. gRPC's pushback
//!   is [exact](Verdict::RetryIn).
//! - **Limits.** No hint outranks a limit. Elapsed time is
//!   read after sleeping, from a monotonic clock, and only where something asks for it.
//! - **Arithmetic** saturates. Values that can only be a mistake are compile errors where they are
//!   literals; at run time they are normalised by the rule that [`InvalidValue`] states for each, and
//!   [`RetryPolicy::checked`] reports them.
//! - **Cancellation.** Dropping the future of an async call ends it at once; there is no task behind.
//! - **Panics** of the body and of callbacks propagate.
//! - **Time.** Inside a tokio runtime async calls use its clock and timer, so that
//!   `tokio::time::pause` drives everything.
//!
//! # Limits on retries
//!
//! Retries are load where there is trouble already. What keeps them from making it worse:
//!
//! | part | bounds | key of the attribute, method of [`RetryPolicy`] |
//! |---|---|---|
//! | deadline | the whole call: [`Deadline`] | `deadline` |
//! | attempt timeout | one attempt, of async calls | `attempt_timeout` |
//! | [`CircuitBreaker`] | calls to what is down: none while it is [open](breaker) | `breaker` |
//! | [`RetryBudget`] | the retries of all calls that share it | `budget` |
//! | [`hedge`] | the tail: further copies of a slow attempt, of async calls | `hedge` |
//! | [`nested`] | attempts of calls inside attempts, which multiply | `nested` |
//! | [`CancelToken`] | calls that are no longer wanted | `stop = cancelled(&TOKEN)` |
//!
//! Parts that calls share are lock-free and `const`-constructible: keep them in a `static`, in an
//! `Arc`, or, one for each host, in a [`Registry`].
//!
//! One call with guards goes like this:
//!
//! 1. *Before each attempt*: past its deadline, the call ends. A budget of what is in flight pays for a
//!    retry here, or ends the call. An open breaker ends it too, or is waited for.
//! 2. *During* an async attempt: the attempt timeout or the deadline, whichever is nearer, cuts it.
//!    With a hedge it is a race of copies, each with its own timeout, and a further copy is paid for as
//!    a retry is. Retried calls inside see the deadline and the budget.
//! 3. *After it*: the breaker hears what the outcome shows of the service, its [`Health`], and the budget
//!    hears the verdict.
//! 4. *Before the pause*: computed, and granted by the stop, it has to end before the deadline, and
//!    the budget has to pay for the retry. A call that is dropped in its pause gets that back.
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
//! a compile error. A bad file is refused with the key,
//! the value and what it may be, and the policies of before stay.
//!
//! # Tests
//!
//! The feature `testing` has a kit: virtual time for blocking calls (async ones follow tokio's paused
//! clock), seeded jitter, a record of attempts and pauses, faults as a callable, a `tower` service or a
//! TCP proxy, and scopes that turn retries off or cap them. For a whole process in production there is
//! [`switch`].
//!
//! # What can be seen
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
//! `block_in_place`, on other threads, and about sleepers of your own. Other runtimes do not tell.
//!
//! # Platforms
//!
//! | platform | works | the program gives |
//! |---|---|---|
//! | an operating system | everything | |
//! | the same, 32-bit, without atomics of 64 bits | everything; shared parts take locks (`portable-atomic`) | |
//! | `wasm32-unknown-unknown` | the attribute, policies, guards, the step API | a clock, sleepers, a seed |
//! | `no_std` with `alloc` | strategies, `resume`, `schedule`, [`Transient`](trait@Transient) | a seed |
//!
//! On `wasm32-unknown-unknown` std's clock and its sleep panic, and its hash keys are the same on every device:
//!
//! - **Clock.** [`clock::set`] gives one to the process; limits of time, breakers, budgets and callbacks read it.
//!   Without one, what reads a clock panics and says so. An `Instant` is a [`clock::Instant`] there.
//! - **Sleeper.** `sleep = ..`, [`RetryPolicy::sleep`] and [`RetryPolicy::sleep_async`] take one; attempt timeouts
//!   and hedges wait on it too. A pause of zero, such as those of `wait = none()`, needs neither sleeper nor clock.
//! - **Seed.** [`RandomSource::seed`], here and without `std`: devices that run the same program draw the same jitter until
//!   each has its own.
//! - tokio's timers need its clock, and do not work there, nor does `http::idempotency_key`. A `Retry-After` is read
//!   as seconds; as a date only beside a `Date`.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `std` | yes | clocks, blocking sleeps, thread-local randomness; without it: strategies, `resume`, `schedule` |
//! | `macros` | yes | the attribute |
//! | `tokio` | yes | async pauses on tokio's timer; its `time` and `rt` only; `Elapsed` is `Transient` |
//! | `futures-timer` | | async pauses under any runtime |
//! | `async` | | `run_async` on a sleeper of your own; both timers bring it along |
//! | `log` | | `log_error()` … `log_trace()` as callbacks |
//! | `tracing` | | the same callbacks as [events](telemetry#events), and `span = true` |
//! | `metrics` | | `metrics = true`: [attempts, durations, give-ups, breakers, budgets](telemetry#metrics) |
//! | `anyhow` | | `err_is`, `cause_is` and `transient_cause` look into `anyhow::Error` |
//! | `tokio-util` | | `cancelled(&token)` with tokio-util's `CancellationToken` |
//! | `serde` | | a breaker's [`Snapshot`](breaker::Snapshot) can be written down |
//! | `config` | | the module `config`: `RetryConfig`, `RetryConfigs` |
//! | `tokio-postgres` `sqlx` `rusqlite` `redis` | | which of their errors are [`Transient`](trait@Transient); those of `sqlx` and `redis` can be made of an [`Interrupt`]; `sqlx` needs Rust 1.94 |
//! | `testing` | | the module `testing`: virtual time, faults, records; for `[dev-dependencies]` |
//! | `tower` | | `tower`: layers that retry a service, and that ask a breaker; together with `testing`, faults around one |
//! | `http` | | `http`: `Retry-After` and other hints, gRPC's pushback, `RetryInfo` and timeout, read from headers; statuses, `HttpError`, `Idempotency-Key`; together with `tower`, deadlines from requests |
//! | `hyper` `hyper-util` `reqwest` | | which of their errors are [`Transient`](trait@Transient), and `HttpError` of them; `reqwest-blocking` for its blocking client |
//! | `tonic` | | which `tonic::Status` is [`Transient`](trait@Transient), pushback and `RetryInfo` included, and one of an [`Interrupt`]; together with `tower`, errors of responses |
//!
//! Features add, and never swap one behaviour for another.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The attribute's paths start at `::persevere`; this lets it work in this package as well.
extern crate self as persevere;

pub use persevere_core::telemetry::Show;
pub use persevere_core::*;

// Once more by name, for the compiler to tell which feature is missing.
#[cfg(feature = "http")]
pub use persevere_core::http;
#[cfg(feature = "testing")]
pub use persevere_core::testing;
#[cfg(feature = "tower")]
pub use persevere_core::tower;
#[cfg(feature = "config")]
pub use persevere_core::{RetryConfig, RetryConfigs, config};

#[doc(hidden)]
pub use persevere_core::__private;

#[cfg(feature = "macros")]
mod attribute;
#[cfg(feature = "macros")]
pub use attribute::{Transient, circuit_breaker, retry};

#[cfg(all(
    doctest,
    feature = "macros",
    feature = "tokio",
    feature = "testing",
    feature = "config",
    feature = "tower"
))]
#[doc = include_str!("../README.md")]
mod readme {}

/// The right-hand sides of the README's tables of peers.
///
/// ```
/// use persevere::breaker::{count, time};
/// use persevere::{CircuitBreaker, Interrupt, Registry, RetryBudget, retry};
/// use std::{io, time::Duration};
///
/// const S: Duration = Duration::from_secs(1);
/// static COUNTED: CircuitBreaker = CircuitBreaker::new("counted")
///     .failure_rate(0.5, count(100)).minimum(20)
///     .slow_calls(Duration::from_secs(2), 0.8, count(100))
///     .open_for(S).probes(3)
///     .listener(|_| ());
/// static TIMED: CircuitBreaker = CircuitBreaker::new("timed")
///     .failure_rate(0.5, time(Duration::from_secs(10))).minimum(20).open_for(S)
///     .growing(1.5, Duration::from_secs(60));
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
///     .consecutive(5)
///     .failure_rate(0.2, time(Duration::from_secs(60))).minimum(5)
///     .probes(4).successes(3);
/// static HOSTS: Registry<String, CircuitBreaker> =
///     Registry::new(1000, |_host| CircuitBreaker::new("host"));
/// static IN_FLIGHT: RetryBudget = RetryBudget::in_flight(3, 0.2);
/// static BUDGET: RetryBudget = RetryBudget::throttle(10, 0.1);
///
/// fn f(error: &io::Error) -> bool {
///     error.kind() == io::ErrorKind::TimedOut
/// }
///
/// #[retry(breaker = PAYMENTS.failures(err(f)), budget = &IN_FLIGHT)]
/// async fn recording() -> io::Result<()> { Ok(()) }
///
/// #[retry(breaker = PAYMENTS.ignoring(err(f)))]
/// async fn ignoring() -> io::Result<()> { Ok(()) }
///
/// #[retry(hedge = delay(50ms).copies(2))]
/// async fn hedged() -> io::Result<()> { Ok(()) }
///
/// #[retry(hedge = delay(50ms).copies(3))]
/// async fn hedged_twice() -> io::Result<()> { Ok(()) }
///
/// #[retry(
///     stop = after_attempt(4),
///     wait = exponential(100ms).factor(2.0).max(1s),
///     budget = &BUDGET,
///     breaker = HOSTS.get("localhost"),
///     deadline = 10s,
///     attempt_timeout = 2s,
///     attempt = at,
/// )]
/// async fn remaining() -> io::Result<Option<Duration>> { Ok(at.remaining()) }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// recording().await.unwrap();
/// ignoring().await.unwrap();
/// hedged().await.unwrap();
/// hedged_twice().await.unwrap();
/// assert!(remaining().await.unwrap() <= Some(2 * S));
/// PAYMENTS.force_open();
/// let refused = PAYMENTS.try_enter().unwrap_err();
/// assert!(matches!(refused.into(), Interrupt::CircuitOpen { retry_after: None }));
/// PAYMENTS.reset();
/// COUNTED.call(|| TIMED.call(|| Some(1))).unwrap();
/// # });
/// ```
#[cfg(all(doctest, feature = "macros", feature = "tokio"))]
mod peers {}
