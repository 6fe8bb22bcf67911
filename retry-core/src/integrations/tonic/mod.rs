//! `tonic::Status`, classified by its code, by the server's hints, and by the failure of the transport.

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

/// # `tonic::Status`
///
/// A status that the server sent is judged by its [code](https://grpc.io/docs/guides/status-codes/), by the
/// [pushback](crate::http::pushback) in its metadata, and by the [`RetryInfo`](crate::http::retry_info) in
/// its details:
///
/// | code | neither | `RetryInfo` | a pushback of milliseconds | any other pushback |
/// |---|---|---|---|---|
/// | `UNAVAILABLE` | retry | retry, not before its delay | retry after exactly that | final |
/// | `RESOURCE_EXHAUSTED` | final | retry, not before its delay | retry after exactly that | final |
/// | every other | final | final | final | final |
///
/// - `RESOURCE_EXHAUSTED` also stands for a message over the size limit, and for a daily quota. It passes if
///   the server states when. A `RetryInfo` without a delay states that it passes.
/// - `UNAVAILABLE` with a `Retry-After` among its headers, which proxies send, is not retried before it.
/// - `ABORTED` requires a new run of the whole sequence of calls that it belongs to, such as a read, a change
///   and a write. Around that sequence, use
///   `when = transient() | err(|status| status.code() == Code::Aborted)`.
/// - `DEADLINE_EXCEEDED` is the end of the time that a `grpc-timeout` gave, and final. A server without a
///   `grpc-timeout` sends it for a time limit of its own, as etcd does without a quorum. The status alone
///   does not distinguish the two. [`GrpcStatusLayer`](crate::tower::GrpcStatusLayer) sees the request, and
///   turns the latter into a status that is retried.
///
/// A status that the client made from a failure has that failure as its [source](std::error::Error::source),
/// which decides instead:
///
/// | failure | code in tonic 0.14 | answer |
/// |---|---|---|
/// | an [`Interrupt`] of a guard | `DEADLINE_EXCEEDED`, `UNAVAILABLE`, `CANCELLED` | the interrupt's own |
/// | the connection is not made | `UNAVAILABLE` | retry, unless what came of it was refused, such as a certificate |
/// | the connection breaks, or the stream is reset | `UNKNOWN`, `CANCELLED`, `UNAVAILABLE`, `INTERNAL`, `RESOURCE_EXHAUSTED` | as `hyper::Error`'s |
/// | `Endpoint::timeout`, `Request::set_timeout`: `TimeoutExpired` | `CANCELLED` | retry, as any client's timeout |
/// | an [`HttpError`], such as [`GrpcStatusLayer`](crate::tower::GrpcStatusLayer) makes of a page | by gRPC's mapping | the error's own |
///
/// These have no source: a response that is not gRPC, such as a proxy's error page; messages that end too
/// early; and the timeout of a server on tonic (`CANCELLED`). Only tonic's texts identify them, together with
/// the code that tonic gives each:
///
/// - A page is `INTERNAL` if it has a body ("invalid compression flag"). Otherwise it has a code by
///   [gRPC's mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md). It is judged
///   by its [status](#impl-Transient-for-StatusCode) and by the
///   [hints of its headers](crate::http::verdict_in). The status is lost, and the page final, if it has fewer
///   than five bytes.
/// - An answer that a proxy cuts off is `INTERNAL` within a message, and `UNKNOWN` after one. It is retried.
///
/// A pushback or a `RetryInfo` with a timeout, or with an answer that is cut off, counts as with
/// `UNAVAILABLE`.
///
/// Unsent are calls without a connection, those cancelled before any of them was written, those that the
/// server refused by `REFUSED_STREAM` or by a `GOAWAY` before them, and those refused by an open breaker. No
/// code proves it: a server, or one behind it, may be unavailable in the middle of its work. Neither does a
/// page, as the proxy may have passed the call on. HAProxy breaks the promise of `REFUSED_STREAM`: see
/// `hyper::Error`.
///
/// The service's [health](Transient::health):
///
/// | code | the service |
/// |---|---|
/// | `UNAVAILABLE`, `INTERNAL`, `UNKNOWN`, `DATA_LOSS`, `UNIMPLEMENTED`, `DEADLINE_EXCEEDED` | has failed |
/// | `CANCELLED` | is not known: the caller did not want the answer |
/// | every other | is well: also with `ABORTED`, a conflict, and `RESOURCE_EXHAUSTED`, a limit on the caller |
///
/// The failure codes are those that Envoy maps to a 5xx. The failure that the client made a status from
/// decides here too: connections that are not made or that break, and tonic's own timeouts, are failures;
/// faults of the local host leave the health unknown. A page with a 4xx shows a service that is well.
///
/// A stream of answers can be retried until it has begun. Only the program knows which answers a stream
/// delivered before it broke.
///
/// tonic's `transport::Error`, of `Endpoint::connect`, does not implement `Transient`;
/// `Status::from_error(error.into())` does. `etcd_client::Error` contains a status, and does not show it as its
/// source: the feature `etcd-client` looks inside.
///
/// Sources: [gRFC A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback) and the
/// [notes on codes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md); `RESOURCE_EXHAUSTED` as in
/// [OTLP](https://opentelemetry.io/docs/specs/otlp/#failures); all others final as in
/// [AIP-194](https://google.aip.dev/194), with `RetryInfo` too, which Spanner sends with `ABORTED` for the
/// transaction.
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

/// Returns whether a time limit other than the caller's `grpc-timeout` passed: one of tonic's client, or one
/// of a server whose call had no deadline.
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

/// Returns whether a server on tonic sent its `TimeoutExpired`, which has only this code and text (0.14.9,
/// `src/status.rs`).
///
/// If the client also set a timeout on the request, both sides measure the same time, and either may end
/// first.
fn by_server(status: &Status) -> bool {
    status.code() == Code::Cancelled && status.message() == "Timeout expired"
}

/// Returns whether the answer was cut off between its frames, for example by a proxy whose time limit passed.
///
/// tonic has no type for it. The texts are from 0.14.9, `src/codec/decode.rs` and `src/status.rs`. A page of
/// fewer than five bytes differs only in its content type.
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

/// Returns the health of the service by the code of a status.
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

/// Returns the verdict on a status that the server sent.
fn sent(status: &Status) -> Verdict {
    match (status.code(), asked(status)) {
        (Code::Unavailable | Code::ResourceExhausted, Some(asked)) => asked,
        (Code::Unavailable, None) => after(retry_after_in(status.metadata().as_ref())),
        _ => Verdict::Final,
    }
}

/// Returns the verdict that the server requests in addition to its code.
fn asked(status: &Status) -> Option<Verdict> {
    pushed_back(status).or_else(|| told(status))
}

/// Returns the verdict that the pushback of a status requests.
///
/// It is literal, and takes precedence over any other hint.
fn pushed_back(status: &Status) -> Option<Verdict> {
    let values = status.metadata().get_all(PUSHBACK);
    let mut values = values.iter();
    match (values.next()?, values.next()) {
        (value, None) => Some(pushback(value)),
        _ => Some(Verdict::Final),
    }
}

/// Returns the verdict that the details of a status request.
fn told(status: &Status) -> Option<Verdict> {
    retry_info(status.details()).map(|delay| after(Some(delay)))
}

fn after(pause: Option<Duration>) -> Verdict {
    match pause {
        Some(pause) if !pause.is_zero() => Verdict::RetryAfter(pause),
        _ => Verdict::Retry,
    }
}

/// A timeout or a deadline becomes `DEADLINE_EXCEEDED`, an open breaker `UNAVAILABLE`, and a cancelled call
/// `CANCELLED`. The interrupt itself is the source, where `cause_is::<Interrupt>()` finds it.
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
            Interrupt::Budget | Interrupt::StreamEnded => Code::Unavailable,
            Interrupt::RateLimited { .. } | Interrupt::BulkheadFull => Code::ResourceExhausted,
        };
        let mut status = Status::new(code, interrupt.to_string());
        status.set_source(Arc::new(interrupt));
        status
    }
}
