//! `tokio_postgres::Error`, by its SQLSTATE.

use std::io;

use tokio_postgres::Error;

use super::{Transient, io as standard, sqlstate};
use crate::outcome::{Health, Verdict};
use crate::source_chain::cause;

/// Transient are the [SQLSTATEs](https://www.postgresql.org/docs/current/errcodes-appendix.html) of
/// connections (class 08), resources (53), conflicts (40001, 40P01, 55P03) and of a server that shuts
/// down or starts (57P01 to 57P03, 57P05); a connection that is closed, and the transient kinds of an
/// `io::Error` below, one that was not made in time among them.
///
/// Unsent are those that say that the transaction was rolled back (40001, 40P01, 55P03) or that no
/// connection was made. They prove it for an attempt that is one transaction: retry that as a whole,
/// never a statement inside. A connection that is lost is not unsent: it may have been so in `COMMIT`.
///
/// Of the [health](Transient::health) of the server conflicts say that it is well, and so does whatever it has to refuse,
/// a wrong password too. It has failed where there is no connection, were it that a certificate is refused, and where it
/// runs out of time or resources. Faults of the own host, of the configuration, and sessions that were ended for being
/// idle say nothing.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match (self.code(), cause::<io::Error>(self)) {
            (Some(code), _) => sqlstate::verdict(code.code()),
            (None, Some(error)) => error.verdict(),
            (None, None) => Verdict::retry_if(self.is_closed()),
        }
    }

    fn unsent(&self) -> bool {
        match (self.code(), cause::<io::Error>(self)) {
            (Some(code), _) => sqlstate::unsent(code.code()),
            (None, Some(error)) => error.unsent(),
            (None, None) => false,
        }
    }

    fn health(&self) -> Health {
        match (self.code(), cause::<io::Error>(self)) {
            (Some(code), _) => sqlstate::health(code.code()),
            (None, Some(error)) => standard::broken(error),
            (None, None) => by_text(&self.to_string()),
        }
    }
}

/// The kind of an error, which it shows in its first words alone.
fn by_text(text: &str) -> Health {
    const BROKEN: [&str; 7] = [
        "connection closed",
        "error communicating with the server",
        "error connecting to server",
        "error parsing response from server",
        "error performing TLS handshake",
        "timeout waiting for server",
        "unexpected message from server",
    ];
    const OWN: [&str; 3] = [
        "error encoding message to server",
        "invalid configuration",
        "invalid connection string",
    ];
    let begins = |words: &&str| text.starts_with(words);
    match (BROKEN.iter().any(begins), OWN.iter().any(begins)) {
        (true, _) => Health::Failed,
        (false, true) => Health::Unknown,
        (false, false) => Health::Well,
    }
}
