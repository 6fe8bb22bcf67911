//! `tonic::Status`, by its code, by what the server asks for, and by what the transport failed of.

mod http_response;

use core::time::Duration;
use std::sync::Arc;

use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

use self::http_response::HttpResponse;
#[cfg(feature = "tower")]
pub(crate) use self::http_response::{code, is_grpc};
use super::{connect, hyper};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::http::{HttpError, pushback, retry_after_in, retry_info};
use crate::transient::Transient;
use crate::transient::causes::cause;
#[cfg(feature = "tower")]
use crate::transient::not_replayable::NotReplayable;

const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// A status that the server sent is judged by its [code](https://grpc.io/docs/guides/status-codes/), by the
/// [pushback](crate::http::pushback) in its metadata, and by the [`RetryInfo`](crate::http::retry_info) in its details:
///
/// | code | neither | `RetryInfo` | a pushback of milliseconds | any other pushback |
/// |---|---|---|---|---|
/// | `UNAVAILABLE` | retry | retry, not before its delay | retry after exactly that | final |
/// | `RESOURCE_EXHAUSTED` | final | retry, not before its delay | retry after exactly that | final |
/// | every other | final | final | final | final |
///
/// - `RESOURCE_EXHAUSTED` is also what a message over the size limit gets, and a quota for the day: it passes
///   if the server says when. A `RetryInfo` without a delay says that it passes.
/// - `UNAVAILABLE` with a `Retry-After` among its headers, which proxies send, is not retried before it.
/// - `ABORTED` wants the whole sequence of calls again that it belongs to, such as a
///   read, a change and a write; around that sequence, say
///   `when = transient() | err(|status| status.code() == Code::Aborted)`.
/// - `DEADLINE_EXCEEDED` is the end of the time that a `grpc-timeout` gave, and final. A server that was given none says it
///   of a time of its own, as etcd does without a quorum. The status does not tell;
///   [`GrpcStatusLayer`](crate::tower::GrpcStatusLayer) sees the request, and makes of it one that is retried.
///
/// A status that the client made of a failure carries that as its [source](std::error::Error::source), which
/// is asked instead:
///
/// | failure | code in tonic 0.14 | answer |
/// |---|---|---|
/// | an [`Interrupt`] of a guard | `DEADLINE_EXCEEDED`, `UNAVAILABLE`, `CANCELLED` | the interrupt's own |
/// | the connection is not made | `UNAVAILABLE` | retry, unless what came of it was refused, such as a certificate |
/// | the connection breaks, or the stream is reset | `UNKNOWN`, `CANCELLED`, `UNAVAILABLE`, `INTERNAL`, `RESOURCE_EXHAUSTED` | as `hyper::Error`'s |
/// | `Endpoint::timeout`, `Request::set_timeout`: `TimeoutExpired` | `CANCELLED` | retry, as any client's timeout |
/// | an [`HttpError`], such as [`GrpcStatusLayer`](crate::tower::GrpcStatusLayer) makes of a page | by gRPC's mapping | the error's own |
///
/// Without a source are a response of HTTP alone, such as the error page of a proxy; messages that end too early; and the
/// timeout of a server on tonic (`CANCELLED`). tonic's texts alone tell them, beside the code that tonic gives each:
///
/// - A page is `INTERNAL` where it has a body ("invalid compression flag"), and a code by
///   [gRPC's mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md) where it has none. It is
///   judged by its [status](#impl-Transient-for-StatusCode) and by what its headers [ask for](crate::http::verdict_in). Its
///   status is lost where the page has fewer than five bytes: then it is final.
/// - What a proxy cuts off is `INTERNAL` within a message, and `UNKNOWN` after one. It is retried.
///
/// A pushback or a `RetryInfo` beside a timeout, or beside an answer that is cut off, holds as with `UNAVAILABLE`.
///
/// Unsent are calls without a connection, those that were cancelled before anything of them was written, those that the
/// server refused by `REFUSED_STREAM` or by a `GOAWAY` before them, and those refused by an open breaker. No code proves
/// it: a server, or one behind it, may be unavailable in the middle of its work. Neither does a page: the proxy may have
/// passed the call on. HAProxy breaks the promise of `REFUSED_STREAM`: see `hyper::Error`.
///
/// Of the service's [health](Transient::health):
///
/// | code | the service |
/// |---|---|
/// | `UNAVAILABLE`, `INTERNAL`, `UNKNOWN`, `DATA_LOSS`, `UNIMPLEMENTED`, `DEADLINE_EXCEEDED` | has failed |
/// | `CANCELLED` | is not known: the caller did not want the answer |
/// | every other | is well: also with `ABORTED`, a conflict, and `RESOURCE_EXHAUSTED`, a limit on the caller |
///
/// They are the codes that Envoy maps to a 5xx. What the client made of a failure is asked here too: connections that are
/// not made or that break, and tonic's own timeouts, are failures; faults of the own host say nothing. A page with a 4xx
/// shows a service that is well.
///
/// A stream of answers can be retried until it has begun. What a stream that broke after that has delivered
/// only the program knows.
///
/// tonic's `transport::Error`, of `Endpoint::connect`, has no answer of its own; `Status::from_error(error.into())` has.
/// `etcd_client::Error` holds a status, and does not show it as its source. No server is given a deadline by its calls, so
/// that a `DEADLINE_EXCEEDED` is the server's own:
///
/// ```ignore
/// #[retry(when = err(|error| matches!(error, etcd_client::Error::GRpcStatus(status)
///     if status.verdict().is_retry() || status.code() == Code::DeadlineExceeded)))]
/// ```
///
/// Sources: [gRFC A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback) and the
/// [notes on codes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md); `RESOURCE_EXHAUSTED` as in
/// [OTLP](https://opentelemetry.io/docs/specs/otlp/#failures); all others final as in
/// [AIP-194](https://google.aip.dev/194), with `RetryInfo` too, which Spanner sends with `ABORTED` for the transaction.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Transient, Verdict};
/// use std::time::Duration;
/// use tonic::Status;
///
/// let mut busy = Status::resource_exhausted("50 calls a second");
/// assert_eq!(busy.verdict(), Verdict::Final);
/// busy.metadata_mut().insert("grpc-retry-pushback-ms", "250".parse().unwrap());
/// assert_eq!(busy.verdict(), Verdict::RetryIn(Duration::from_millis(250)));
/// ```
#[diagnostic::do_not_recommend]
impl Transient for Status {
    fn verdict(&self) -> Verdict {
        if let Some(interrupt) = cause::<Interrupt>(self) {
            return interrupt.verdict();
        }
        if cause::<ConnectError>(self).is_some() {
            return connect::verdict(self);
        }
        if let Some(error) = cause::<HttpError>(self) {
            return error.verdict();
        }
        match (cause::<::hyper::Error>(self), HttpResponse::of(self)) {
            (Some(error), _) => error.verdict(),
            (None, Some(response)) => response.verdict(),
            (None, None) => {
                if has_timed_out(self) || ended_early(self) {
                    asked(self).unwrap_or(Verdict::Retry)
                } else {
                    sent(self)
                }
            }
        }
    }

    fn unsent(&self) -> bool {
        cause::<Interrupt>(self).is_some_and(Transient::unsent)
            || cause::<ConnectError>(self).is_some()
            || hyper::never_started(self)
            || hyper::unprocessed(self)
    }

    fn health(&self) -> Health {
        if let Some(interrupt) = cause::<Interrupt>(self) {
            return interrupt.health();
        }
        #[cfg(feature = "tower")]
        if cause::<NotReplayable>(self).is_some() {
            return Health::Unknown;
        }
        if cause::<ConnectError>(self).is_some() {
            return hyper::broken(self);
        }
        if let Some(error) = cause::<HttpError>(self) {
            return error.health();
        }
        match (cause::<::hyper::Error>(self), HttpResponse::of(self)) {
            (Some(error), _) => error.health(),
            (None, Some(response)) => response.health(),
            (None, None) if has_timed_out(self) => Health::Failed,
            (None, None) => shown(self.code()),
        }
    }
}

/// Whether a time ended that is not the caller's `grpc-timeout`: one of tonic's client, or of a server that was given none.
fn has_timed_out(status: &Status) -> bool {
    let by_client = || cause::<TimeoutExpired>(status).is_some();
    let by_server_deadline = || cause::<ServerDeadline>(status).is_some();
    by_client() || by_server_deadline() || by_server(status)
}

/// The source of a `DEADLINE_EXCEEDED` that answers a call without a deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerDeadline;

impl core::fmt::Display for ServerDeadline {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the call had no deadline; the server's own has passed")
    }
}

impl core::error::Error for ServerDeadline {}

/// A server on tonic sends its `TimeoutExpired` by this code and text alone (0.14.9, `src/status.rs`). With a timeout that
/// the client set on the request, both count the same time, and either may be first.
fn by_server(status: &Status) -> bool {
    status.code() == Code::Cancelled && status.message() == "Timeout expired"
}

/// Whether the answer was cut off between its frames: by a proxy whose time is up, for example. tonic has no type for it;
/// the texts are those of 0.14.9, `src/codec/decode.rs` and `src/status.rs`. A page of fewer than five bytes looks the same,
/// but for its content type.
fn ended_early(status: &Status) -> bool {
    let headers: &HeaderMap = status.metadata().as_ref();
    let text = status.message();
    headers.get(CONTENT_TYPE).is_none_or(http_response::is_grpc)
        && match status.code() {
            Code::Internal => text == "Unexpected EOF decoding stream.",
            Code::Unknown => text.starts_with("protocol error: missing grpc-status trailer"),
            _ => false,
        }
}

/// The health of the service by the code of a status.
fn shown(code: Code) -> Health {
    match code {
        Code::Unavailable
        | Code::Internal
        | Code::Unknown
        | Code::DataLoss
        | Code::Unimplemented
        | Code::DeadlineExceeded => Health::Failed,
        Code::Cancelled => Health::Unknown,
        _ => Health::Well,
    }
}

/// Of a status that the server sent.
fn sent(status: &Status) -> Verdict {
    match (status.code(), asked(status)) {
        (Code::Unavailable | Code::ResourceExhausted, Some(asked)) => asked,
        (Code::Unavailable, None) => after(retry_after_in(status.metadata().as_ref())),
        _ => Verdict::Final,
    }
}

/// The verdict that a server asks for beside its code.
fn asked(status: &Status) -> Option<Verdict> {
    pushed_back(status).or_else(|| told(status))
}

/// The verdict that the pushback of a status asks for: it is literal, and holds whatever stands beside it.
fn pushed_back(status: &Status) -> Option<Verdict> {
    let values = status.metadata().get_all(PUSHBACK);
    let mut values = values.iter();
    match (values.next()?, values.next()) {
        (value, None) => Some(pushback(value)),
        _ => Some(Verdict::Final),
    }
}

/// The verdict that the details of a status ask for.
fn told(status: &Status) -> Option<Verdict> {
    retry_info(status.details()).map(|delay| after(Some(delay)))
}

fn after(pause: Option<Duration>) -> Verdict {
    match pause {
        Some(pause) if !pause.is_zero() => Verdict::RetryAfter(pause),
        _ => Verdict::Retry,
    }
}

/// `DEADLINE_EXCEEDED` for a timeout and a deadline, `UNAVAILABLE` for an open breaker, `CANCELLED` for a call
/// that was cancelled. The interrupt itself is the source, where `cause_is::<Interrupt>()` finds it.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Interrupt, Transient};
/// use tonic::{Code, Status};
///
/// let late = Status::from(Interrupt::AttemptTimeout);
/// assert_eq!(late.code(), Code::DeadlineExceeded);
/// assert!(late.verdict().is_retry());
/// ```
impl From<Interrupt> for Status {
    fn from(interrupt: Interrupt) -> Self {
        let code = match interrupt {
            Interrupt::AttemptTimeout | Interrupt::Deadline => Code::DeadlineExceeded,
            Interrupt::CircuitOpen { .. } => Code::Unavailable,
            Interrupt::Cancelled => Code::Cancelled,
            Interrupt::Budget => Code::Unavailable,
        };
        let mut status = Status::new(code, interrupt.to_string());
        status.set_source(Arc::new(interrupt));
        status
    }
}
