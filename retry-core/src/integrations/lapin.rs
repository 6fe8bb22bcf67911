//! `lapin::Error`.

use lapin::protocol::{AMQPError, AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::{Error, ErrorKind};

use super::io::broken;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `lapin::Error`
///
/// An `io::Error` decides for itself: connections that are refused, lost or not made are transient, a refused
/// certificate is final. Transient too are a broker that shuts down (320), lacks resources (506) or has an internal
/// error (541), a queue that is locked (405) or whose node is down, a limit of connections, missing heartbeats, and
/// a channel or a connection that is closed. All others are final: a wrong password (403), an exchange or a queue
/// that does not exist (404) or differs (406).
///
/// **Only a new channel helps after an error of the broker's, and only a new connection after a lost one.** Open
/// the channel inside the attempt, and the connection where it is not connected any more.
///
/// Unsent are connections that are refused or that no name resolves for, limits, and locked queues. All others may
/// have taken place: a publish is certain once it is confirmed.
///
/// **A refused publish is no error.** Its result is a [`Confirmation`](lapin::Confirmation): `Nack` from a queue
/// that is full, which `when = transient() | ok(|it| it.is_nack())` retries, and `Ack(Some(message))` of a message
/// that no queue has taken, for which `is_ack()` is true as well. A `Nack` is not unsent: another of the message's
/// queues may have taken it.
///
/// Nothing limits how long a confirmation may take: give the function an `attempt_timeout`.
///
/// The broker has [failed](Transient::health) if there is no connection, if one is lost, and with 320, 506 and 541.
/// A closed channel or connection shows nothing, as the error before it has. Other answers show that it is well.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self.kind() {
            ErrorKind::IOError(error) => error.verdict(),
            ErrorKind::ProtocolError(answer) => Verdict::retry_if(passes(answer)),
            kind => Verdict::retry_if(is_gone(kind) || is_own_limit(kind)),
        }
    }

    fn unsent(&self) -> bool {
        match self.kind() {
            ErrorKind::IOError(error) => error.unsent(),
            ErrorKind::ProtocolError(answer) => is_untouched(answer),
            kind => is_own_limit(kind),
        }
    }

    fn health(&self) -> Health {
        match self.kind() {
            ErrorKind::IOError(error) => broken(error),
            ErrorKind::MissingHeartbeatError | ErrorKind::ParsingError(_) => Health::Failed,
            ErrorKind::ProtocolError(answer) if has_failed(answer) => Health::Failed,
            ErrorKind::ProtocolError(_) => Health::Well,
            _ => Health::Unknown,
        }
    }
}

/// Returns whether the channel or the connection is closed.
fn is_gone(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidChannel(_)
            | ErrorKind::InvalidChannelState(..)
            | ErrorKind::InvalidConnectionState(_)
            | ErrorKind::MissingHeartbeatError
    )
}

fn is_own_limit(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::ChannelsLimitReached)
}

fn passes(answer: &AMQPError) -> bool {
    has_failed(answer) || is_untouched(answer)
}

fn has_failed(answer: &AMQPError) -> bool {
    use AMQPHardError::{CONNECTIONFORCED, INTERNALERROR, RESOURCEERROR};
    match answer.kind() {
        AMQPErrorKind::Hard(kind) => {
            matches!(kind, CONNECTIONFORCED | INTERNALERROR | RESOURCEERROR)
        }
        AMQPErrorKind::Soft(_) => is_away(answer),
    }
}

/// Returns whether the broker has refused for now, and done nothing.
///
/// A limit has no code of its own; the text is that of `rabbit_reader.erl` in RabbitMQ 3.10: "access to vhost '/'
/// refused for user 'shop': connection limit (1) is reached".
fn is_untouched(answer: &AMQPError) -> bool {
    let text = answer.get_message().as_str();
    match answer.kind() {
        AMQPErrorKind::Soft(AMQPSoftError::RESOURCELOCKED) => true,
        AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => {
            text.contains("connection limit") && text.ends_with("is reached")
        }
        _ => is_away(answer),
    }
}

/// Returns whether the node that holds the queue is down, by the text of RabbitMQ 3.10 (`rabbit_amqqueue.erl`):
/// "home node 'a@host' of durable queue 'orders' in vhost '/' is down or inaccessible".
fn is_away(answer: &AMQPError) -> bool {
    let text = answer.get_message().as_str();
    let missing = AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND);
    *answer.kind() == missing && text.ends_with("is down or inaccessible")
}

/// It is that of an `io::Error` with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        std::io::Error::from(interrupt).into()
    }
}
