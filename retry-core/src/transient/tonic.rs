//! `tonic::Status`, by its code, its pushback, and by what the transport failed of.

use std::sync::Arc;

use tonic::{Code, ConnectError, Status, TimeoutExpired};

use super::{Transient, hyper};
use crate::http::pushback;
use crate::interrupt::Interrupt;
use crate::outcome::{Health, Verdict};
use crate::source_chain::cause;

const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// A status that the server sent is judged by its [code](https://grpc.io/docs/guides/status-codes/), and by
/// the [pushback](crate::http::pushback) in its metadata:
///
/// | code | without pushback | a pushback of milliseconds | any other pushback |
/// |---|---|---|---|
/// | `UNAVAILABLE` | retry | retry after exactly that | final |
/// | `RESOURCE_EXHAUSTED` | final | retry after exactly that | final |
/// | every other | final | final | final |
///
/// `RESOURCE_EXHAUSTED` is also what a message over the size limit gets, and a quota for the day: it passes
/// if the server says when. `ABORTED` wants the whole sequence of calls again that it belongs to, such as a
/// read, a change and a write; around that sequence, say
/// `when = transient() | err(|status| status.code() == Code::Aborted)`. `DEADLINE_EXCEEDED` is the end of the
/// time that a `grpc-timeout` gave; limit one attempt by `attempt_timeout`, which is retried.
///
/// A status that the client made of a failure carries that as its [source](std::error::Error::source), which
/// is asked instead: the [`Interrupt`] of a guard; a connection that is not made, transient unless what came
/// of it was refused, such as a certificate; and one that broke under the call, as for `hyper::Error`.
/// These are `UNKNOWN`, `CANCELLED` and `INTERNAL` in tonic, as well as `UNAVAILABLE`.
///
/// Unsent are calls without a connection, those that were cancelled before anything of them was written,
/// and those refused by an open breaker. No code proves it: a server, or one behind it, may be unavailable
/// in the middle of its work.
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
/// not made or that break, and tonic's own timeouts, are failures; faults of the own host say nothing.
///
/// A stream of answers can be retried until it has begun. What a stream that broke after that has delivered
/// only the program knows.
///
/// Sources: [gRFC A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback) and the
/// [notes on codes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md); `RESOURCE_EXHAUSTED` as in
/// [OTLP](https://opentelemetry.io/docs/specs/otlp/#failures).
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
            return hyper::connection(self);
        }
        match cause::<::hyper::Error>(self) {
            Some(error) => error.verdict(),
            None => sent(self),
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
        if cause::<crate::tower::NotReplayable>(self).is_some() {
            return Health::Unknown;
        }
        if cause::<ConnectError>(self).is_some() {
            return hyper::broken(self);
        }
        match cause::<::hyper::Error>(self) {
            Some(error) => error.health(),
            None if cause::<TimeoutExpired>(self).is_some() => Health::Failed,
            None => shown(self.code()),
        }
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
    let told = status.metadata().get_all(PUSHBACK);
    let mut told = told.iter();
    match (status.code(), told.next(), told.next()) {
        (Code::Unavailable, None, _) => Verdict::Retry,
        (Code::Unavailable | Code::ResourceExhausted, Some(told), None) => pushback(told),
        _ => Verdict::Final,
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

/// `INTERNAL`: what cannot be repeated is a fault of the program that calls, and not of its callers.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Transient;
/// use persevere::tower::NotReplayable;
/// use tonic::{Code, Status};
///
/// let refused = Status::from(NotReplayable);
/// assert_eq!(refused.code(), Code::Internal);
/// assert!(!refused.verdict().is_retry());
/// ```
#[cfg(feature = "tower")]
impl From<crate::tower::NotReplayable> for Status {
    fn from(refused: crate::tower::NotReplayable) -> Self {
        let mut status = Status::internal(refused.to_string());
        status.set_source(Arc::new(refused));
        status
    }
}
