//! `tokio_postgres::Error`, by its SQLSTATE.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;

use super::{Transient, sqlstate};
use crate::outcome::Verdict;

/// Transient are the [SQLSTATEs](https://www.postgresql.org/docs/current/errcodes-appendix.html) of
/// connections (class 08), resources (53), conflicts (40001, 40P01, 55P03) and of a server that shuts
/// down or starts (57P01 to 57P03, 57P05); a connection that is closed, and the transient kinds of an
/// `io::Error` below, one that was not made in time among them.
///
/// Unsent are those that say that the transaction was rolled back (40001, 40P01, 55P03) or that no
/// connection was made. They prove it for an attempt that is one transaction: retry that as a whole,
/// never a statement inside. A connection that is lost is not unsent: it may have been so in `COMMIT`.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match (self.code(), io_error(self)) {
            (Some(code), _) => sqlstate::verdict(code.code()),
            (None, Some(error)) => error.verdict(),
            (None, None) => Verdict::retry_if(self.is_closed()),
        }
    }

    fn unsent(&self) -> bool {
        match (self.code(), io_error(self)) {
            (Some(code), _) => sqlstate::unsent(code.code()),
            (None, Some(error)) => error.unsent(),
            (None, None) => false,
        }
    }
}

fn io_error(error: &Error) -> Option<&io::Error> {
    error.source()?.downcast_ref()
}
