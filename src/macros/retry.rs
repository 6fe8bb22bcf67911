/// Retries a function: blocking or async, free or a method, in traits and their implementations.
///
/// `#[retry]` alone makes three attempts with exponential pauses and full jitter. Keys set the rest, in
/// any order:
///
/// | key | value | default |
/// |---|---|---|
/// | `stop` | a stop condition of [`stop`](crate::stop) | `after_attempt(3)` |
/// | `wait` | a wait of [`wait`](crate::wait); a bare duration is `fixed` | `exponential(100ms).max(10s).full_jitter()` |
/// | `on = PATTERN [if GUARD]` | retry what matches; may be repeated | |
/// | `unless = PATTERN [if GUARD]` | never retried; takes precedence over every other key; may be repeated | |
/// | `when` | a predicate of [`when`](crate::when), for conditions that a pattern cannot express | `any_failure()` |
/// | `case(PATTERN [if GUARD], stop = …, wait = …, budget = …, before_sleep = …)` | a class of outcomes with strategies and counters of its own; may be repeated. A `stop` written on the call limits it too, the default one does not | |
/// | `deadline` | the longest time that the whole call may take: a `Duration`, an `Instant` (std's or tokio's; on a paused clock tokio's), or an `Option` of either; one in the past means no attempt | |
/// | `attempt_timeout` | the longest time that one attempt may take; async functions only | |
/// | `breaker` | a [`CircuitBreaker`](crate::CircuitBreaker) that is asked before every attempt: `&PAYMENTS`, an `Arc` of one, a view of one, or `wait_for(&PAYMENTS)` | |
/// | `rate_limiter` | a [`RateLimiter`](crate::RateLimiter) of which every attempt takes a permit: `&GITHUB`, an `Arc` of one, or `fail_fast(&GITHUB)` | |
/// | `bulkhead` | a [`Bulkhead`](crate::Bulkhead) that lets only so many attempts run at a time: `&REPORTS`, or an `Arc` of one | |
/// | `budget` | a [`RetryBudget`](crate::RetryBudget) that every retry draws from | |
/// | `hedge` | when to start a further copy of an attempt that is slow, or fails so that it may be retried: `delay(50ms)` or `quantile(&LATENCY, 0.95)` of [`hedge`](crate::hedge), `.copies(3)` for more than 2 in all; async functions only | |
/// | `nested` | behaviour inside another retried call: `independent()`, `share()` or `single()`, of [`nested`](crate::nested) | `independent()` |
/// | `interrupt` | makes an outcome of an [`Interrupt`](crate::Interrupt), where the error has no `From<Interrupt>` | |
/// | `before`, `after` | called around every attempt | |
/// | `before_sleep` | called before every pause; not called if the call ends instead | |
/// | `on_success`, `on_failure` | called once at the end, with the reason of a failure: `Final` for one that is not retried | |
/// | `fallback` | makes the result of a call that gives up, of its [`GiveUp`](crate::GiveUp); a list `[replica, cache]` is tried in order, and `within(200ms, ..)` reserves time of the deadline for one; an `async fn` is written as `async \|give_up\| replica(give_up).await` | |
/// | `reset_after` | an attempt that ran at least this long before it failed resets counts and schedule; one that a limit cut does not | |
/// | `clone(a, b)` | by-value arguments, cloned for each attempt | |
/// | `once(key = expr)` | evaluated once a call, visible in every attempt | |
/// | `attempt = at` | binds the attempt's handle in the body: [`Attempt`](crate::Attempt), whose `retry()`, `retry_now()`, `retry_after(d)`, `give_up()` and `reset()` override the verdict; also in scope in guards of patterns and in closures: `on = Err(_) if at.number() < 3` | |
/// | `policy` | a ready-made [`Policy`](crate::Policy), whose parts other keys override | |
/// | `use = net` | the keys of a set that [`policy!`](crate::policy!) defines; keys beside it replace those of the set | |
/// | `resume(PARAM = \|item\| …)` | for a function that returns a [stream](#streams): opens it again where it broke, with the parameter that the last item gives; `resume()` opens it from its start; feature `stream` | |
/// | `endless = true` | the end of the stream is a failure too, as of a watch | `false` |
/// | `idle_timeout` | the longest time that the stream may give nothing | |
/// | `progress = never()` | attempts and pauses count over the whole stream, and not from the last item on | |
/// | `wrap_err = true` | write `-> Result<T, RetryError<E>>`; the body keeps `Result<T, E>`. A call that gives up with a value is an error too | |
/// | `stats = &STATS` | counts in a [`RetryStats`](crate::RetryStats) | |
/// | `name = "…"` | the name in callbacks, logs and metrics | `module::function`, or `module::Type::method` |
/// | `span = true` | a `tracing` span for each call, with its attempts and pauses inside; feature `tracing` | `false` |
/// | `metrics = true` | counts and durations as [metrics](crate::telemetry#metrics); feature `metrics` | `false` |
/// | `enabled` | a `bool`; `false` makes one attempt | `true` |
/// | `sleep` | a sleeper of your own | the runtime's |
/// | `unretried = ident` | also generates the function without retries | |
/// | `retry_with = ident` | also generates a function that takes a policy as its first argument, in place of the keys that decide what to retry, `stop`, `wait` and `enabled`; the other keys stay | |
/// | `doc` | `true` or `false`: whether the documentation has a section about retries, see [below](#documentation) | `true` where the function has docs |
/// | `crate = path` | the path of this crate, if not `::persevere`: see [below](#under-another-name) | |
///
/// # Values
///
/// Values are Rust expressions in the function's own scope: arguments, `self`, constants and your own
/// functions are there. Three conveniences:
///
/// - **Durations** are literals: `250ms` `30s` `1.5s` `2min` `1h` `10us` `5ns`.
/// - **Words** need no import in the place of a strategy: the value itself, operands of `|` `&` `+` `!`,
///   branches of `if` and `match`, arguments of `any`, `all`, `chain`, `or` and `and`. `self::fixed(..)`
///   is a function of your own. All branches of an `if` have one type: box them, or choose the numbers.
/// - **Closures** need no type annotations. As an operand, a closure is written in parentheses.
///
/// ```
/// use persevere::retry;
/// # #[derive(Debug, PartialEq)] enum ApiError { Timeout, Status(u16), RateLimited { seconds: u64 } }
///
/// struct Client { attempts: u32 }
///
/// impl Client {
///     #[retry(
///         stop = after_attempt(self.attempts),
///         on = Err(ApiError::Timeout | ApiError::Status(500..=599)) | Ok(None),
///         case(
///             Err(ApiError::RateLimited { seconds }),
///             stop = after_attempt(2), // of these; `self.attempts` holds over all
///             wait = fixed(std::time::Duration::from_secs(*seconds)),
///         ),
///     )]
///     async fn page(&self, number: u32) -> Result<Option<String>, ApiError> {
///         # if number == 0 { return Err(ApiError::Status(404)); }
///         Ok(Some(format!("page {number}")))
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let client = Client { attempts: 5 };
/// assert_eq!(client.page(7).await, Ok(Some("page 7".to_owned())));
/// assert_eq!(client.page(0).await, Err(ApiError::Status(404))); // final: no pattern matches
/// # });
/// ```
///
/// A value of words and literals is built where it is used and costs nothing to keep. Predicates,
/// callbacks and values with a closure are evaluated after the attempt, and may borrow `self` even in
/// `&mut self` methods. Everything else is evaluated once, before the first attempt.
///
/// # Callbacks
///
/// Closures and functions over [`&RetryState`](crate::RetryState), `async |state| …` in async
/// functions, or `log_error()` … `log_trace()` with the feature `log` or `tracing`: see
/// [`telemetry`](crate::telemetry). A callback returns `()`, or `Result<(), E>`, whose error ends the call at
/// once: no other callback is called, and statistics and metrics count the call as given up.
///
/// ```
/// use persevere::retry;
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # static CALLS: AtomicU32 = AtomicU32::new(0);
///
/// #[retry(
///     wait = none(),
///     before_sleep = |s| eprintln!("{}: {:?}", s.name(), s.err()),
///     on_failure = |s| eprintln!("{:?} after {} attempts", s.reason(), s.attempt()),
/// )]
/// fn flaky() -> Result<u32, String> {
///     # let call = CALLS.fetch_add(1, Ordering::Relaxed);
///     # if call < 2 { return Err(format!("call {call}")); } Ok(call)
/// }
/// # assert_eq!(flaky(), Ok(2));
/// ```
///
/// # What is retried
///
/// `unless` comes first, then `on` and `case` in the order written: the first pattern that matches decides.
/// An outcome that none matches is judged by `when` if it is given. Without `when` it is final, or retried if
/// `unless` is the only key of these. So a `case` alone makes every other failure final: add `on = Err(_)` to retry
/// those too. With none of these keys every failure is retried. An `unless` that leaves nothing to retry is a
/// compile error.
///
/// # Documentation
///
/// A function that has documentation gets a section *Retries* after it, which says in words what the keys do:
///
/// ```text
/// # Retries
///
/// - Gives up after 5 attempts or once 30s have passed.
/// - Pauses between attempts: 100ms, doubled each time, at most 10s, shortened at random (full jitter).
/// - Retries `Err(ApiError::Timeout)`; what is not retried is final.
/// - When it gives up, returns the last outcome.
/// ```
///
/// Values of your own are shown as code. `doc = false` leaves the section out, and so does one of that name in the
/// documentation. A function without documentation has it by `doc = true`. The lint `missing_docs` no longer reports
/// such a function, and on a method of an `impl` the section hides the documentation of the trait's method.
/// [`RetryPolicy::describe`](crate::RetryPolicy::describe) says the same of a policy in the running program.
///
/// # Blocking functions in async code
///
/// The pauses of a function that is not `async` block its thread, and in a task they block the runtime's: see
/// [the guide](crate#blocking-calls-in-async-code).
///
/// # Under another name
///
/// The expansion calls `::persevere`. Where `Cargo.toml` gives the dependency another name, or another crate
/// re-exports it, the compiler says "could not find `persevere` in the list of imported crates"; `crate` says
/// where it is:
///
/// ```toml
/// [dependencies]
/// again = { package = "persevere", version = "0.1" }
/// ```
///
/// ```
/// # extern crate persevere as again;
/// #[again::retry(crate = again)]
/// fn ping() -> Option<()> {
///     Some(())
/// }
/// # ping().unwrap();
/// ```
///
/// # Limits on retries
///
/// Retries add load to a service that is already struggling. These keys bound how long a call
/// takes, how much all calls retry together, and whether anything is sent at all. Whatever their order
/// in the attribute, they nest like this:
///
/// ```text
/// fallback(deadline(retry(budget → rate_limiter → breaker → bulkhead(hedge(attempt_timeout(body))))))
/// ```
///
/// So each retry is paid for before its pause, and each attempt takes a permit, asks the breaker, has a place, and has
/// a timeout of its own, or what the deadline leaves of it.
///
/// **`deadline`** is measured from the start of the call, pauses included. No attempt begins after it, and no pause
/// that would pass it; an async attempt in flight is cut, a blocking one ends by itself. An `Instant` can be handed
/// from call to call. **`attempt_timeout`** cuts a single attempt. The nearer of the two is what
/// [`at.remaining()`](crate::Attempt::remaining) says: pass it on, so that a server stops working when nobody waits
/// any more. The deadline cuts async callbacks too. An async fallback that begins after it is polled once; `fallback =
/// within(200ms, async |give_up| ..)` reserves time for one: attempts and pauses end that much earlier. Each of a list
/// of fallbacks is tried while the outcome is one that the call would retry; the times that they reserve add up, and
/// one ends before those that are reserved behind it. A `sleep` of your own that takes longer than asked ends by it,
/// in a pause or as the timer of an attempt. Callbacks, fallbacks and such sleepers of an async call are measured by
/// the timer of the feature `tokio`, in a runtime with its time enabled, or `futures-timer`; where neither is to be
/// had, the deadline does not cut them.
///
/// ```
/// use persevere::retry;
/// use std::io;
/// use std::time::Duration;
///
/// #[retry(deadline = 4s, attempt_timeout = 2s, wait = 1s, attempt = at)]
/// async fn orders(server: &Server) -> io::Result<Duration> {
///     server.get("/orders", at.remaining()).await
/// }
/// # struct Server;
/// # impl Server {
/// #     async fn get(&self, _: &str, left: Option<Duration>) -> io::Result<Duration> {
/// #         match left {
/// #             Some(left) if left < Duration::from_secs(2) => Ok(left),
/// #             _ => std::future::pending().await,
/// #         }
/// #     }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// // The first attempt hangs for 2 s, the pause takes 1 s: the second attempt has the last one.
/// assert_eq!(orders(&Server).await.unwrap(), Duration::from_secs(1));
/// # });
/// ```
///
/// **`when = transient()`**, `unsent()` and `idempotent(..)` ask the error, and the value too where it is one that is
/// [`Transient`](crate::Transient), as a `Response` of `http`, `hyper` or `reqwest` is: a function that
/// returns the response of `send().await?` is retried on a 503, after its hint, and returns the last response
/// as its value. It is seen by the type that the function returns: in a function that is generic in the
/// value, or returns `impl Trait`, errors alone are asked. An `Option<Response>` is asked as a `Result` is; a
/// response within a tuple, or within an `Option` in a `Result`, is not. A ready-made policy, and a predicate
/// made of several elsewhere, ask it by [`transient().responses()`](crate::when::OnTransient::responses).
///
/// **`breaker`** is asked before each attempt. To a [`CircuitBreaker`](crate::CircuitBreaker) an outcome
/// that is retried is a failure, and so is an attempt that was cut; a final outcome is a success, also
/// if it is an error, since the service gave an answer. Where `transient()`, `unsent()`, `idempotent()`
/// or one of their siblings for hidden errors, `transient_cause::<..>()`, stands in `when`, the error itself
/// is asked for the [`Health`](crate::Health) that it shows, whatever is retried and whichever arm it
/// matches: a 503 to a `POST` is a failure although it is not repeated, and a conflict is a success although
/// it is. A mark that the body leaves on its attempt says nothing of the service.
/// `PAYMENTS.failures(err(|e| ..))`, `PAYMENTS.ignoring(..)` and `PAYMENTS.by_error()`, which asks the error beside
/// any key, take precedence over all of that. While the breaker is open the call ends at once;
/// `wait_for(&PAYMENTS)` waits for it instead, if it lets calls through before the deadline, and is woken when
/// it does. A failure with a hint keeps it open for as long, up to 60 s. One for each host comes from a
/// [`Registry`](crate::Registry): `breaker = self.breakers.get(host)`.
///
/// **`rate_limiter`** is a [`RateLimiter`](crate::RateLimiter), of which each attempt takes a permit, the first
/// included. A call waits for it in the order in which calls came, within its deadline and the limiter's longest
/// wait, or ends at once; `fail_fast(&GITHUB)` never waits. A hint of any attempt, such as a `Retry-After`, holds the
/// limiter: no other call goes and asks before it is over, and then they go at the rate. While the breaker is open
/// nobody waits for a permit.
///
/// **`bulkhead`** is a [`Bulkhead`](crate::Bulkhead): so many attempts run at a time. A place is kept during an
/// attempt, and never during a pause. A call waits for one in the order in which calls came, within its deadline;
/// where the line is full too it ends at once. A call that waits for a permit, a breaker or a place holds nothing of
/// the others. Each copy of a hedged attempt takes a permit and a place of its own; where none is free at once, no
/// copy starts.
///
/// ```
/// use persevere::{Bulkhead, RateLimiter, retry};
/// use std::io;
/// use std::time::Duration;
///
/// static GITHUB: RateLimiter = RateLimiter::new("github")
///     .rate(5000, Duration::from_secs(3600))
///     .burst(50);
/// static REPORTS: Bulkhead = Bulkhead::new("reports", 20).queue(100);
///
/// #[retry(rate_limiter = &GITHUB, bulkhead = &REPORTS, deadline = 30s, when = transient())]
/// async fn report(day: u32) -> io::Result<u32> {
///     Ok(day * 2)
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert_eq!(report(4).await.unwrap(), 8);
/// # });
/// ```
///
/// **`budget`** is a [`RetryBudget`](crate::RetryBudget) that all calls naming it draw their retries
/// from; a retry that it refuses ends the call. Written in a `case`, it pays for that class alone.
///
/// **Interrupts.** An attempt that is cut or refused has no outcome of its own. It becomes `E::from(Interrupt)` in a
/// `Result`, and `None` in an `Option`. `io::Error`, `Box<dyn Error>`, `anyhow::Error` and the errors of some
/// clients, `sqlx::Error` among them, can be made of an [`Interrupt`](crate::Interrupt), and so can an error of yours
/// that implements `From<Interrupt>`; for any other type `interrupt = |interrupt| ..` makes the outcome. One of
/// `attempt_timeout` is judged as any other outcome, so a pattern in `on` has to name what it becomes. A deadline, an
/// open breaker, a rate limit and a full bulkhead end the call: with the error of the attempt before, or, if there
/// was none, with what the interrupt becomes.
///
/// ```
/// use persevere::{CircuitBreaker, Interrupt, RetryBudget, retry};
/// use std::time::Duration;
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(4);
/// static BUDGET: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
///
/// #[derive(Debug, PartialEq)]
/// enum PayError { Declined, Unavailable, TooSlow, NotSent }
///
/// impl From<Interrupt> for PayError {
///     fn from(interrupt: Interrupt) -> Self {
///         match interrupt {
///             Interrupt::CircuitOpen { .. } => PayError::NotSent,
///             _ => PayError::TooSlow,
///         }
///     }
/// }
///
/// #[retry(
///     wait = 1ms,
///     on = Err(PayError::Unavailable | PayError::TooSlow),
///     breaker = &PAYMENTS,
///     budget = &BUDGET,
/// )]
/// fn pay(order: u32) -> Result<u32, PayError> {
///     # if order == 0 { return Err(PayError::Declined); }
///     Err(PayError::Unavailable)
/// }
/// assert_eq!(pay(0), Err(PayError::Declined)); // an answer
/// assert_eq!(pay(1), Err(PayError::Unavailable)); // three attempts
/// assert_eq!(pay(2), Err(PayError::Unavailable)); // one, which opens the breaker
/// assert_eq!(pay(3), Err(PayError::NotSent));
/// ```
///
/// **`hedge`** copies an attempt that is slow, at once one that fails so that it may be retried, and takes
/// the first answer that is not retried: put a `budget` beside it; the others are
/// dropped, and with them what they marked on their handles. Copies are no attempts to `stop`, and one call
/// to the breaker, whose probes have none; each has the whole timeout, and each draws from the budget as a
/// retry does. They run beside each other in one task, so the function has
/// no `&mut` parameter, and arguments that a copy consumes stand in `clone(..)`. Hedge only what may be
/// done twice.
///
/// ```
/// use persevere::hedge::Latency;
/// use persevere::{RetryBudget, retry};
/// # use std::cell::Cell;
/// # use std::io;
/// # use std::time::Duration;
///
/// static LATENCY: Latency = Latency::new();
/// static COPIES: RetryBudget = RetryBudget::ratio(0.1, Duration::from_secs(10));
///
/// /// Copied when it takes longer than 95 of 100 did lately.
/// #[retry(hedge = quantile(&LATENCY, 0.95), budget = &COPIES)]
/// async fn read(replicas: &Replicas) -> io::Result<u32> {
///     replicas.read().await
/// }
///
/// /// Copied after 50 ms, and once more after 100 ms.
/// #[retry(hedge = delay(50ms).copies(3))]
/// async fn look_up(replicas: &Replicas) -> io::Result<u32> {
///     replicas.read().await
/// }
/// # struct Replicas(Cell<u32>);
/// # impl Replicas {
/// #     async fn read(&self) -> io::Result<u32> {
/// #         self.0.set(self.0.get() + 1);
/// #         let read = self.0.get();
/// #         if read < 3 { std::future::pending::<()>().await; }
/// #         Ok(read)
/// #     }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// # let start = tokio::time::Instant::now();
/// let replicas = Replicas(Cell::new(0)); // the first two reads hang
/// assert_eq!(look_up(&replicas).await.unwrap(), 3);
/// # assert_eq!(start.elapsed(), Duration::from_millis(100));
/// # assert_eq!(read(&replicas).await.unwrap(), 4);
/// # });
/// ```
///
/// **`nested`**. Retries multiply: three attempts that make three attempts each are nine. A call with a
/// `deadline`, a `budget` or a `nested` of its own is visible to the retried calls in its body, on the
/// same thread or in the same task; a task that it spawns does not see it, nor does one that its body
/// drives. It shows the limits of all calls around it with its own. `share()` ends by the nearest
/// deadline and draws from all the budgets too, from each once; `single()` makes one attempt and leaves
/// retrying to the call around it. Outside of such a call neither does anything.
///
/// ```
/// use persevere::retry;
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
///
/// #[retry(wait = none(), nested = single())]
/// fn query() -> Result<u32, &'static str> {
///     # ATTEMPTS.fetch_add(1, Ordering::Relaxed);
///     Err("refused")
/// }
///
/// #[retry(wait = none(), nested = independent())]
/// fn transaction() -> Result<u32, &'static str> {
///     query()
/// }
/// assert!(transaction().is_err()); // three queries, not nine
/// # assert_eq!(ATTEMPTS.load(Ordering::Relaxed), 3);
/// ```
///
/// **`stop = cancelled(&SHUTDOWN)`** ends a call from outside: its pause at once, if the token is a
/// [`CancelToken`](crate::CancelToken), and with `.abort_attempt()` the attempt in flight too, and async
/// callbacks; an async fallback that begins after it is polled once.
///
/// **The outcome over a pause.** A retried value is dropped after the callbacks and before the pause: a
/// response may hold the connection that the next attempt waits for. An error is kept where the call may end
/// in the pause or after it, which a `deadline`, a `breaker`, a `budget`, a token, `nested = share()` and a
/// `policy` can make it do; such a future is `Send` only if the error is: `Box<dyn Error + Send + Sync>` rather than
/// `Box<dyn Error>`. A call that ends there after a value returns what the interrupt becomes: `None` in an
/// `Option`, and under `wrap_err` a [`RetryError`](crate::RetryError) even where nothing can be made of the
/// interrupt. Where nothing stands for the value, as with a token and an error without `From<Interrupt>`, the
/// compiler asks for `interrupt = ..`. A `policy` that has no such conversion keeps the value, and so does a
/// `budget` that refuses a retry after its pause.
///
/// # Arguments
///
/// The body runs again with the same arguments. References and [`Copy`] values need nothing. An
/// argument that an attempt consumes needs `clone(argument)`; a `mut` argument does too, since its
/// change would carry over into the next attempt. Every other key sees the argument itself, whatever the
/// body does with its clone. A closure that changes is taken as `f: &mut impl FnMut()`.
///
/// # Streams
///
/// With the feature `stream`, `resume(..)` makes a function that returns a stream open it again where it broke. The
/// parameter that it names takes a new value after each item, and the body is called with it for the next opening:
///
/// ```
/// use std::io;
/// use futures_util::stream::{self, Stream, StreamExt};
/// use persevere::retry;
///
/// /// The events after `last`; the connection breaks after each second one.
/// #[retry(wait = 1ms, when = transient(), resume(last = |event| *event))]
/// fn events(last: u64) -> impl Stream<Item = io::Result<u64>> {
///     let broken = io::Error::from(io::ErrorKind::ConnectionReset);
///     stream::iter([Ok(last + 1), Ok(last + 2), Err(broken)])
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let seen: Vec<u64> = events(0).take(5).map(Result::unwrap).collect().await;
/// assert_eq!(seen, [1, 2, 3, 4, 5]);
/// # });
/// ```
///
/// - The function returns `impl Stream`, a boxed one, or a type that a `Pin<Box<..>>` of one converts to. The body runs
///   when the stream is polled.
/// - An `async fn` returns a stream, or a `Result` of one. It awaits the first opening under the keys, and an opening
///   that is given up is its error; later openings happen in the stream. Its `attempt_timeout` is the longest time that
///   an opening may take, and not the time to the first item.
/// - The stream keeps the arguments: in the editions before 2024 write `impl Stream<..> + '_` where it borrows some. It
///   must not borrow from `&mut self`. What an opening consumes stands in `clone(..)`.
/// - Keys have the meaning that they have for a call, and an attempt is an opening with what comes of it:
///   [`run_stream`](crate::RetryPolicy#method.run_stream) has the rules. Callbacks, fallbacks and the sleeper cannot be
///   async. A `case` has a `stop`, which does not depend on the error, and a `wait`. `policy` stands alone, beside the
///   keys of streams. `attempt` and `wrap_err` are for calls.
///
/// # The caller's place
///
/// A blocking body runs in a closure. With `#[track_caller]`, `Location::caller()` in it is the function's
/// caller all the same; a panic names its own line in the body. An async function has no caller to name, with
/// or without `#[retry]`.
///
/// # Without retries
///
/// [`#[guard]`](macro@crate::guard) has the guards and the fallback, and makes one attempt.
///
/// # Order of attributes
///
/// `#[retry]` stands above `#[tracing::instrument]`, so that one span holds all attempts, and above
/// `#[tokio::main]`. With `#[test]` and `#[tokio::test]` either way works. `#[async_trait]` on the
/// `impl` block runs first by itself.
///
/// # What cannot be retried
///
/// A function that returns a borrow from its `&mut self`: the borrow of the first attempt would have
/// to outlive the second one. `const fn`, and functions without an outcome to judge.
pub use persevere_macros::retry;
