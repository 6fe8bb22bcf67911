//! The server side, for axum 0.8: refusals as responses, and the deadline that a caller gives.
//!
//! | part | what it is for |
//! |---|---|
//! | [`Problem`] | the response to a call that a guard ended, and the one inside an error of any type |
//! | [`DeadlineLayer`] | the time that a caller gives, as the deadline of the calls of a handler |
//! | [`RequestDeadline`] | that time in a handler, and in tasks that it spawns |
//! | [`alive`], [`ready`] | handlers of probes |
//! | [`Inventory`](crate::Inventory) | the state of all that calls share, as JSON: `.route("/resilience", get(async \|\| inventory()))` |
//!
//! # Refusals as responses
//!
//! [`Interrupt`](crate::Interrupt), [`CircuitOpen`](crate::CircuitOpen), [`RateLimited`](crate::RateLimited),
//! [`BulkheadFull`](crate::BulkheadFull), [`CallError`](crate::breaker::CallError),
//! [`HttpError`](crate::http::HttpError) and [`RetryError`](crate::RetryError) are responses, so that a handler
//! returns them as its error:
//!
//! | | status | `Retry-After` |
//! |---|---|---|
//! | a deadline, a timeout of an attempt | 504 | |
//! | an open circuit breaker | 503 | the time until it lets calls through |
//! | a rate limiter without a permit | 503 | the time until it has one |
//! | a full bulkhead, a spent budget | 503 | |
//! | a token that cancelled the call | 503 | |
//! | a stream that ended | 502 | |
//! | an answer of the service behind that asks for a pause | 503 | that pause |
//! | its 408 and 504; its 429 and 503 | 504; 503 | |
//! | every other failure of that service | 502 | |
//!
//! The body is a problem of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), `application/problem+json`. It has no
//! text of an error, and no name of a breaker, a host or a function:
//!
//! ```json
//! {"title":"Service Unavailable","status":503,"detail":"the circuit is open","reason":"circuit_open"}
//! ```
//!
//! - A rate limit is a 503, since the callers of most services share what it protects. Of a limiter for each caller
//!   the right answer is 429: [`Problem::with_status`].
//! - A cancelled call is a 503. Where a caller has gone nobody reads the answer, and where a server shuts down
//!   another instance can serve the request. The 499 of nginx is for its log alone, and unknown to clients.
//! - `Retry-After` is in whole seconds, rounded up, and spread over a quarter more, at least one second. All that are
//!   refused while a breaker is open would else come back in the second in which it lets a probe through.
//! - A refusal without a time has no `Retry-After`. Clients then back off by their own rule, which spreads them
//!   better than one number for all of them.
//!
//! # `RetryError`
//!
//! A [`RetryError<E>`](crate::RetryError) is a response if `E` is. The reason of its end decides:
//!
//! | reason | answer |
//! |---|---|
//! | final, attempt limit, time limit, asked to wait too long, given up | that of the last error; without one 503 |
//! | deadline | 504 |
//! | circuit open, rate limited, bulkhead full, budget, cancelled | 503, with the `Retry-After` of the last error's answer |
//!
//! The last error says what is wrong with the service behind, and its type chooses the status. A guard ends a call
//! whatever that error was, and its caller needs to know that the request may succeed later.

mod caller_timeout;
mod deadline_layer;
mod guarded;
mod http_error;
mod inventory;
mod probes;
mod problem;
mod request_deadline;
mod retry_error;

pub use self::deadline_layer::{DeadlineFuture, DeadlineLayer, DeadlineService};
pub use self::probes::{alive, ready};
pub use self::problem::Problem;
pub use self::request_deadline::{RequestDeadline, WithinDeadline};
