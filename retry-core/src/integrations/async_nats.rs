//! `async_nats`' errors, each of which is a kind with a cause.

use std::error::Error as StdError;

use async_nats::error::Error;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{StatusCode, client};

use super::connect;
use super::downcast::{as_transient, of_a_guard};
use super::io::broken;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::{cause, causes};

/// A statement of a kind.
enum Said {
    /// The server, or whoever answers, is out of reach, and nothing was done.
    Unsent,
    /// Time ran out before an answer, and the server may have done it.
    Unanswered,
    /// There was no connection.
    Unconnected,
    /// A limit of the client's own is reached.
    Held,
    /// The server has answered no.
    Refused,
    /// JetStream has answered with an error of its own.
    Answered(jetstream::Error),
    /// The cause decides; without one the fault is the program's, or its client is closed.
    Inside,
}

impl Said {
    fn verdict(&self, error: &(dyn StdError + 'static)) -> Verdict {
        match self {
            Said::Unsent | Said::Unanswered | Said::Held => Verdict::Retry,
            Said::Unconnected => {
                guard(error).map_or_else(|| connect::verdict(error), Transient::verdict)
            }
            Said::Refused => Verdict::Final,
            Said::Answered(answer) => answer.verdict(),
            Said::Inside => inside(error).map_or(Verdict::Final, Transient::verdict),
        }
    }

    fn unsent(&self, error: &(dyn StdError + 'static)) -> bool {
        match self {
            Said::Unsent | Said::Held => true,
            Said::Unconnected => guard(error).is_none_or(Transient::unsent),
            Said::Unanswered | Said::Refused => false,
            Said::Answered(answer) => answer.unsent(),
            Said::Inside => inside(error).is_some_and(Transient::unsent),
        }
    }

    fn health(&self, error: &(dyn StdError + 'static)) -> Health {
        let shown = || cause(error).map_or(Health::Failed, broken);
        match self {
            Said::Unsent | Said::Unanswered => Health::Failed,
            Said::Unconnected => guard(error).map_or_else(shown, Transient::health),
            Said::Held => Health::Unknown,
            Said::Refused => Health::Well,
            Said::Answered(answer) => answer.health(),
            Said::Inside => inside(error).map_or(Health::Unknown, Transient::health),
        }
    }
}

fn inside<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a dyn Transient> {
    causes(error).find_map(as_transient)
}

fn guard<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a dyn Transient> {
    causes(error).find_map(of_a_guard)
}

/// Implements [`Transient`] for the error of each kind, and makes it of an [`Interrupt`] as the first of its kinds.
macro_rules! transient_by_kind {
    ($($(#[$doc:meta])* $name:literal, $kind:path, $other:ident { $($of:pat => $said:expr,)* })+) => {
        $(
            #[doc = concat!("# `async_nats::", $name, "`")]
            ///
            $(#[$doc])*
            #[diagnostic::do_not_recommend]
            impl Transient for Error<$kind> {
                fn verdict(&self) -> Verdict {
                    said(self).verdict(self)
                }

                fn unsent(&self) -> bool {
                    said(self).unsent(self)
                }

                fn health(&self) -> Health {
                    said(self).health(self)
                }
            }

            impl Kind for $kind {
                fn said(self) -> Said {
                    #[allow(unused_imports, reason = "some kinds say nothing of their own")]
                    use $kind::*;
                    #[allow(unreachable_patterns, reason = "features of async_nats add kinds")]
                    match self {
                        $($of => $said,)*
                        _ => Said::Inside,
                    }
                }
            }

            /// It is the cause, which decides.
            impl From<Interrupt> for Error<$kind> {
                fn from(interrupt: Interrupt) -> Self {
                    Error::with_source(<$kind>::$other, interrupt)
                }
            }
        )+
    };
}

/// A kind that says what happened.
trait Kind {
    fn said(self) -> Said;
}

fn said<K>(error: &Error<K>) -> Said
where
    K: Kind + Clone + core::fmt::Debug + core::fmt::Display + PartialEq,
{
    error.kind().said()
}

transient_by_kind! {
    /// A subject without a stream is transient, since a stream is not there while its server starts or elects a
    /// leader, and so are a silent server, limits of the stream or of the account (503) and the limit of
    /// acknowledgements that may be awaited. All others are final, among them the conflicts
    /// `WrongLastSequence` and `WrongLastMessageId`, after which only a message made of a new read can pass.
    ///
    /// **Every attempt that timed out may be stored, even if the server was down:** the client keeps it until it
    /// is connected again. Give all attempts one `message_id`, outside of the attempt: `once(..)` of the
    /// attribute. The stream then keeps the first that arrives within its `duplicate_window` (two minutes by
    /// default) of the last, and acknowledges the others as `duplicate`.
    ///
    /// Only time that runs out leaves it open whether the message was stored; all other transient errors are
    /// unsent. The acknowledgement is the result: await the future that `publish` returns, inside the attempt.
    ///
    /// A client reconnects by itself, without an end unless `max_reconnects` says so. Once it is drained or has
    /// given up, all its errors are final.
    ///
    /// The server has [failed](Transient::health) if it is silent, absent or full; conflicts and refusals show
    /// that it is well.
    "jetstream::context::PublishError", jetstream::context::PublishErrorKind, Other {
        StreamNotFound => Said::Unsent,
        TimedOut => Said::Unanswered,
        MaxAckPending => Said::Held,
        WrongLastMessageId | WrongLastSequence => Said::Refused,
    }
    /// Silence, and a JetStream that is not there, are transient; the latter is unsent. Others are final.
    "jetstream::context::RequestError", jetstream::context::RequestErrorKind, Other {
        NoResponders => Said::Unsent,
        TimedOut => Said::Unanswered,
    }
    /// JetStream's answer decides. Silence, and a JetStream that is not there, are transient; the latter is unsent.
    "jetstream::context::CreateStreamError", jetstream::context::CreateStreamErrorKind, Response {
        JetStream(answer) => Said::Answered(answer),
        JetStreamUnavailable => Said::Unsent,
        TimedOut => Said::Unanswered,
        NotFound => Said::Refused,
    }
    /// JetStream's answer, or the request's error, decides.
    "jetstream::context::GetStreamError", jetstream::context::GetStreamErrorKind, Request {
        JetStream(answer) => Said::Answered(answer),
    }
    /// JetStream's answer, or the request's error, decides; silence is transient.
    "jetstream::stream::ConsumerError", jetstream::stream::ConsumerErrorKind, Other {
        JetStream(answer) => Said::Answered(answer),
        TimedOut => Said::Unanswered,
    }
    /// JetStream's answer decides; silence, and a JetStream that is not there, are transient.
    "jetstream::context::ConsumerInfoError", jetstream::context::ConsumerInfoErrorKind, Request {
        JetStream(answer) => Said::Answered(answer),
        NoResponders | Offline => Said::Unsent,
        TimedOut => Said::Unanswered,
        NotFound | StreamNotFound => Said::Refused,
    }
    /// A consumer that is out of reach, or whose heartbeats are missed, is transient.
    "jetstream::consumer::pull::MessagesError", jetstream::consumer::pull::MessagesErrorKind, Other {
        NoResponders => Said::Unsent,
        MissingHeartbeat => Said::Unanswered,
        ConsumerDeleted | RequestLimitExceeded | PushBasedConsumer => Said::Refused,
    }
    /// A consumer that does not begin in time is transient; the cause decides otherwise.
    "jetstream::consumer::StreamError", jetstream::consumer::StreamErrorKind, Other {
        TimedOut => Said::Unanswered,
    }
    /// As the errors of other consumers.
    ///
    /// An ordered consumer is made again by itself, which can take longer than a minute after a restart of the server,
    /// and **gives all messages of the stream if none had come before**. Leave out those before the first that was
    /// asked for.
    "jetstream::consumer::pull::OrderedError", jetstream::consumer::pull::OrderedErrorKind, Other {
        NoResponders => Said::Unsent,
        MissingHeartbeat => Said::Unanswered,
        ConsumerDeleted | RequestLimitExceeded | PushBasedConsumer => Said::Refused,
    }
    /// The error of the publish decides.
    "jetstream::kv::PutError", jetstream::kv::PutErrorKind, Publish {}
    /// Silence is transient; the error of the publish decides otherwise. `WrongLastRevision` is final: the value
    /// has to be read again. **After a silence it can be the earlier attempt's own revision.**
    "jetstream::kv::UpdateError", jetstream::kv::UpdateErrorKind, Other {
        TimedOut => Said::Unanswered,
        WrongLastRevision => Said::Refused,
    }
    /// The error of the publish decides. `AlreadyExists` is final, **and can be the earlier attempt's own work**.
    "jetstream::kv::CreateError", jetstream::kv::CreateErrorKind, Other {
        AlreadyExists => Said::Refused,
    }
    /// Silence is transient; the error of the request decides otherwise.
    "jetstream::kv::EntryError", jetstream::kv::EntryErrorKind, Other {
        TimedOut => Said::Unanswered,
    }
    /// Silence is transient, and so is a stream that nobody serves.
    "jetstream::stream::DirectGetError", jetstream::stream::DirectGetErrorKind, Other {
        ErrorResponse(StatusCode::NO_RESPONDERS, _) => Said::Unsent,
        ErrorResponse(..) | NotFound => Said::Refused,
        TimedOut => Said::Unanswered,
    }
    /// Connections that are refused, lost or not made in time are transient, and so is a name that does not
    /// resolve. A wrong password, a refused certificate and an address that makes no sense are final. All are
    /// unsent.
    ///
    /// `connect` tries each address once; only then does the client begin to reconnect by itself, or from the
    /// first time on by `retry_on_initial_connect`.
    "ConnectError", async_nats::ConnectErrorKind, Io {
        Dns | TimedOut | Tls | Io | MaxReconnects => Said::Unconnected,
        Authentication | AuthorizationViolation => Said::Refused,
    }
    /// Nobody who answers, and no answer in time, are transient; the former is unsent. All others are final.
    ///
    /// A request that timed out while the server was away **is sent once the client is connected again**, so that
    /// three attempts arrive thrice.
    "RequestError", client::RequestErrorKind, Other {
        NoResponders => Said::Unsent,
        TimedOut => Said::Unanswered,
    }
    /// It is always final: a message that is too large, a subject that makes no sense, a client that is closed.
    ///
    /// **`publish` succeeds as soon as the client has the message**, whether or not a server is there, and what was
    /// written to a connection that then breaks is lost. What must arrive is published by JetStream.
    "client::PublishError", client::PublishErrorKind, Send {}
    /// It is always final: a subject that makes no sense, a client that is closed.
    "SubscribeError", client::SubscribeErrorKind, Other {}
    /// It is always final: the client is closed.
    ///
    /// `flush` succeeds as soon as the bytes are written, whether or not the server reads them, and waits without
    /// an end for a server that is away: give the function an `attempt_timeout`.
    "client::FlushError", client::FlushErrorKind, FlushError {}
}

/// # `async_nats::jetstream::Error`
///
/// An answer of 503 is transient and unsent: a stream that is full, a cluster without a leader, a lack of
/// resources. A server or an account without JetStream says 503 too; these are final, as all others are.
#[diagnostic::do_not_recommend]
impl Transient for jetstream::Error {
    fn verdict(&self) -> Verdict {
        Verdict::retry_if(is_unavailable(self))
    }

    fn unsent(&self) -> bool {
        is_unavailable(self)
    }
}

fn is_unavailable(answer: &jetstream::Error) -> bool {
    let absent = matches!(
        answer.error_code(),
        ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT
    );
    answer.code() == 503 && !absent
}
