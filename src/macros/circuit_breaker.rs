/// Puts a function behind a [`CircuitBreaker`](crate::CircuitBreaker): blocking or async, free or a
/// method. It is tried once.
///
/// While the breaker is open the body is not run, and the function returns what
/// [`Interrupt::CircuitOpen`](crate::Interrupt) becomes: `E::from(Interrupt)` in a `Result`, `None` in an
/// `Option`, or what `interrupt` makes of it.
///
/// | argument | |
/// |---|---|
/// | the breaker, first | `&PAYMENTS`, `&self.breaker`, `HOSTS.get(host)`, `PAYMENTS.failures(err(\|e\| ..))`, `PAYMENTS.ignoring(..)`, `PAYMENTS.by_error()`, `wait_for(&PAYMENTS)` |
/// | `interrupt` | makes an outcome of an [`Interrupt`](crate::Interrupt), where the error has no `From<Interrupt>` |
/// | `fallback` | makes the result of a [`GiveUp`](crate::GiveUp): for failures, and while the breaker is open |
/// | `doc` | `true` or `false`: whether the documentation has a section about it, as in [`retry`](macro@crate::retry#documentation) |
/// | `crate = path` | the path of this crate, if not `::persevere` |
///
/// Values are expressions in the function's own scope, as in [`retry`](macro@crate::retry).
///
/// ```
/// use persevere::{CircuitBreaker, circuit_breaker};
/// use std::io;
///
/// static DISK: CircuitBreaker = CircuitBreaker::new("disk").consecutive(1);
///
/// #[circuit_breaker(&DISK)]
/// fn read(path: &str) -> io::Result<Vec<u8>> {
///     std::fs::read(path)
/// }
///
/// assert_eq!(read("/no/such/file").unwrap_err().kind(), io::ErrorKind::NotFound);
/// assert_eq!(read("/no/such/file").unwrap_err().to_string(), "the circuit is open");
/// ```
///
/// # What counts
///
/// `Err` and `None` are failures, all else successes. `failures(..)` picks the failures instead, and
/// `ignoring(..)` what says nothing about the service: it changes no count, as a future that is dropped
/// does not. `by_error()` asks the error itself, by [`Transient::health`](crate::Transient::health): without it
/// nobody can know here whether its type says. A response with a 503 in an `Ok` is a success
/// too, unless `or_http_error()` makes an error of it. A panic of the body is a failure.
///
/// ```
/// use persevere::{CircuitBreaker, circuit_breaker};
///
/// #[derive(Debug, PartialEq)]
/// struct Status(u16);
///
/// struct Client {
///     breaker: CircuitBreaker,
/// }
///
/// impl Client {
///     /// A page that is missing is no fault of the service.
///     #[circuit_breaker(
///         self.breaker.failures(err(|e| e.0 >= 500)),
///         interrupt = |_| Err(Status(503)),
///     )]
///     async fn page(&self, path: &str) -> Result<String, Status> {
///         # if path == "/broken" { return Err(Status(500)); }
///         Err(Status(404))
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let client = Client { breaker: CircuitBreaker::new("pages").consecutive(1) };
/// assert_eq!(client.page("/missing").await, Err(Status(404)));
/// assert_eq!(client.page("/broken").await, Err(Status(500)));
/// assert_eq!(client.page("/missing").await, Err(Status(503))); // not asked
/// # });
/// ```
///
/// # With more guards
///
/// [`#[guard(breaker = &DISK, ..)]`](macro@crate::guard) also has a deadline, a hedge, and what a failure is.
///
/// # With retries
///
/// Not both attributes: `#[retry(breaker = &DISK)]` asks the breaker before each attempt, tells it of each,
/// and ends the call when it is open.
pub use persevere_macros::circuit_breaker;
