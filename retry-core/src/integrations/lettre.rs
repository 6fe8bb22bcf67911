//! `lettre::transport::smtp::Error`.

use std::io;

use lettre::transport::smtp::Error;

use super::connect;
use super::io::broken;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::{cause, causes};

/// # `lettre::transport::smtp::Error`
///
/// Replies of 4yz are transient, and so are connections that are not made or are lost, a reply that ends early
/// and a server that is silent until the transport's timeout (60 s by default). Replies of 5yz are final, and so
/// are a refused certificate, a reply that makes no sense, and faults of the program.
///
/// A reply of 4yz or a connection that was not made proves that the mail was not taken
/// ([RFC 5321, 4.2.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1)): it is unsent. **A connection
/// that is lost, or silent, may have ended after the final dot**, when the server had taken the mail. Such an
/// error is never unsent, and a repeated mail arrives twice. Give the message its `Message-ID` once, outside of
/// the attempt, so that mailboxes can recognise it: `once(..)` of the attribute.
///
/// - Time that runs out has no flag: `is_timeout()` is `false` on Unix, where the kind is `WouldBlock`.
/// - A mail to several recipients is one attempt: it is given up if one of them is refused.
/// - The pool of `SmtpTransport` checks an idle connection by `NOOP` before it uses it, and repeats nothing.
///
/// The server has [failed](Transient::health) if there is no connection, if one is lost or silent, and with 421,
/// 452 and 454. 451 is a local error as well as a grey list, and leaves it unknown. Any other reply shows that it
/// is well.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match Stage::of(self) {
            Stage::Reply(code) => Verdict::retry_if(code / 100 == 4),
            Stage::Connecting => connect::verdict(self),
            Stage::Broken => Verdict::Retry,
            Stage::Own => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        match Stage::of(self) {
            Stage::Reply(code) => code / 100 == 4,
            Stage::Connecting => true,
            Stage::Broken | Stage::Own => false,
        }
    }

    fn health(&self) -> Health {
        match Stage::of(self) {
            Stage::Reply(421 | 452 | 454) => Health::Failed,
            Stage::Reply(451) => Health::Unknown,
            Stage::Reply(_) => Health::Well,
            Stage::Connecting | Stage::Broken => cause(self).map_or(Health::Failed, broken),
            Stage::Own => Health::Unknown,
        }
    }
}

/// The stage at which sending ended.
enum Stage {
    /// The server answered.
    Reply(u16),
    /// There is no connection, or it is not encrypted yet.
    Connecting,
    /// The connection was lost, or silent, at a command or in a mail.
    Broken,
    /// The program's own fault, or an answer that makes no sense.
    Own,
}

impl Stage {
    /// Returns the stage. Two kinds have no flag: only the first words of an error show them (`error.rs` of lettre
    /// 0.11).
    fn of(error: &Error) -> Self {
        let text = error.to_string();
        match error.status() {
            Some(code) => Stage::Reply(code.into()),
            None if error.is_client() || error.is_transport_shutdown() => Stage::Own,
            None if text.starts_with("tls error") || causes(error).any(is_misconfigured) => {
                Stage::Own
            }
            None if text.starts_with("Connection error") => Stage::Connecting,
            None if error.is_response() && !text.ends_with("incomplete response") => Stage::Own,
            None if is_unreadable(error) => Stage::Own,
            None => Stage::Broken,
        }
    }
}

/// Returns whether the cause is a fault in the configuration of the transport, which lettre calls a connection error.
///
/// The texts are those of `transport/smtp` in lettre 0.11, and of `url::ParseError` (url 2.5, `src/parser.rs`).
/// Its own kind for TLS is one of the configuration as well: a handshake that fails is a connection error.
fn is_misconfigured(cause: &(dyn std::error::Error + 'static)) -> bool {
    const WORDS: [&str; 11] = [
        "Unknown scheme ",
        "smtp host undefined",
        "domain isn't a valid DNS name",
        "incomplete utf-8 byte sequence",
        "invalid utf-8 sequence",
        "empty host",
        "invalid international domain name",
        "invalid port number",
        "invalid IP",
        "invalid domain character",
        "relative URL ",
    ];
    let text = cause.to_string();
    WORDS.iter().any(|words| text.starts_with(words))
}

/// Returns whether data of the peer cannot be read.
fn is_unreadable(error: &Error) -> bool {
    let invalid = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
    cause(error).is_some_and(invalid)
}
