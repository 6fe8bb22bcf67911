/// Puts a function behind guards, without retries: blocking or async, free or a method, in traits and their
/// implementations.
///
/// It has the keys of [`retry`](macro@crate::retry) that are not about retries, with the same meaning, and
/// makes one attempt:
///
/// ```text
/// fallback(deadline(rate_limiter → breaker → bulkhead(hedge(attempt_timeout(body)))))
/// ```
///
/// | key | value |
/// |---|---|
/// | `deadline` | the longest time that the call may take, what it waits for included: a `Duration`, an `Instant`, or an `Option` of either; one in the past means no attempt |
/// | `attempt_timeout` | the longest time that the attempt may take; async functions only |
/// | `breaker` | a [`CircuitBreaker`](crate::CircuitBreaker) that is asked before the attempt: `&PAYMENTS`, an `Arc` of one, a view of one, or `wait_for(&PAYMENTS)` |
/// | `rate_limiter` | a [`RateLimiter`](crate::RateLimiter) of which the attempt takes a permit: `&GITHUB`, an `Arc` of one, or `fail_fast(&GITHUB)` |
/// | `bulkhead` | a [`Bulkhead`](crate::Bulkhead) that lets only so many attempts run at a time: `&REPORTS`, or an `Arc` of one |
/// | `hedge` | when to start a further copy of an attempt that is slow, or fails: `delay(50ms)` or `quantile(&LATENCY, 0.95)`; async functions only |
/// | `budget` | beside a `hedge`: a [`RetryBudget`](crate::RetryBudget) that pays for further copies |
/// | `clone(a, b)` | by-value arguments of which the attempt gets a clone, so that a fallback still has them |
/// | `fallback` | makes the result of a call that failed or was refused, of its [`GiveUp`](crate::GiveUp); a list is tried in order |
/// | `interrupt` | makes an outcome of an [`Interrupt`](crate::Interrupt), where the error has no `From<Interrupt>` |
/// | `on`, `unless`, `when` | what a failure is; `any_failure()` if none is given |
/// | `before`, `after` | called around the attempt; not if it is refused |
/// | `on_success`, `on_failure` | called once at the end, with the reason of a failure |
/// | `attempt = at` | binds the attempt's handle in the body: [`at.remaining()`](crate::Attempt::remaining) says how long the attempt may take |
/// | `once(key = expr)` | evaluated once a call, visible in the body, in its copies and in other keys |
/// | `policy`, `use = net` | a ready-made [`Policy`](crate::Policy), and the keys of a set that [`policy!`](crate::policy!) defines; what they say about retries does not apply |
/// | `stats`, `name`, `span`, `metrics`, `sleep`, `doc`, `crate` | as in [`retry`](macro@crate::retry) |
///
/// ```
/// use persevere::{CircuitBreaker, guard};
/// use std::io;
///
/// static PRICES: CircuitBreaker = CircuitBreaker::new("prices").consecutive(5);
///
/// #[guard(deadline = 300ms, breaker = &PRICES, fallback = |_| Ok(yesterdays(item)))]
/// async fn price(item: u32) -> io::Result<u32> {
///     # std::future::pending::<()>().await;
///     ask(item).await
/// }
///
/// fn yesterdays(item: u32) -> u32 {
///     item + 1
/// }
/// # async fn ask(_: u32) -> io::Result<u32> { Ok(1) }
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// assert_eq!(price(7).await.unwrap(), 8); // the server hangs
/// # });
/// ```
///
/// # What a failure is
///
/// `Err` and `None`, unless `on`, `unless` or `when` say otherwise: what `#[retry]` would retry with the same
/// keys. It decides four things:
///
/// - the `breaker` counts failures; where `transient()` or one of its siblings stands in `when`, the error itself
///   says what it shows of the service, as it does under `#[retry]`,
/// - a failure goes to the `fallback`, and any other outcome is returned as it is,
/// - a copy of a `hedge` that fails does not win, and the next one starts at once,
/// - a failure ends the call for the reason [`Attempts`](crate::StopReason::Attempts), an error that is none for
///   [`Final`](crate::StopReason::Final).
///
/// A call that a guard refuses or cuts is always a failure.
///
/// # Fallbacks
///
/// Each of a list is tried while the outcome is a failure, and the last one's outcome is the call's. The
/// [`GiveUp`](crate::GiveUp) holds the outcome before it. `within(50ms, ..)` reserves time of the deadline: the
/// attempt ends that much earlier, and so do the fallbacks before it. An async fallback without is polled once
/// past the deadline.
///
/// ```
/// use persevere::guard;
/// # use std::io;
/// # async fn read(_: &str) -> io::Result<u32> { std::future::pending().await }
///
/// #[guard(
///     deadline = 500ms,
///     fallback = [
///         within(200ms, async |_| read("replica").await), // after 250 ms at the latest
///         within(50ms, async |_| read("cache").await),    // after 450 ms at the latest
///         |give_up| give_up.into_outcome().or(Ok(0)),     // after 500 ms at the latest
///     ],
/// )]
/// async fn row() -> io::Result<u32> {
///     read("primary").await
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// # let start = tokio::time::Instant::now();
/// assert_eq!(row().await.unwrap(), 0); // all of them hang
/// # assert!((500..520).contains(&start.elapsed().as_millis()));
/// # });
/// ```
///
/// # Arguments
///
/// The one attempt may move its arguments, and an async function may return what it borrows from `&mut self`.
/// What a fallback or another key still needs stands in `clone(argument)`. With a `hedge` the rules of
/// [`retry`](macro@crate::retry#arguments) hold.
///
/// # With retries
///
/// Not both attributes: `#[retry]` has the same keys, and asks the guards before each attempt. A policy has the same as
/// [`RetryPolicy::once`](crate::RetryPolicy::once), and a function behind a breaker alone is shorter with
/// [`circuit_breaker`](macro@crate::circuit_breaker).
pub use persevere_macros::guard;
