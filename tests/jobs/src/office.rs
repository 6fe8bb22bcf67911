//! The post office.

use std::future::pending;
use std::io::{self, ErrorKind};

use crate::ledger::Ledger;
use crate::mail::{Mail, NoSuchAddress, Sent};

/// Takes each mail at its third attempt.
#[derive(Clone, Debug)]
pub struct Office {
    ledger: Ledger,
    closes_after: u32,
}

impl Office {
    pub fn new(ledger: Ledger) -> Self {
        Office {
            ledger,
            closes_after: u32::MAX,
        }
    }

    /// Once it took that many, it answers no more.
    pub fn closes_after(mut self, mails: u32) -> Self {
        self.closes_after = mails;
        self
    }

    pub async fn deliver(&self, mail: &Mail) -> Sent {
        let attempts = self.ledger.attempt(mail.number).await;
        if self.ledger.sent().await >= self.closes_after {
            self.ledger.hangs(mail.number).await;
            pending::<()>().await;
        }
        match (mail.to.as_str(), attempts) {
            ("nowhere", _) => Err(NoSuchAddress.into()),
            ("full", _) | (_, ..=2) => Err(io::Error::from(ErrorKind::TimedOut).into()),
            _ => {
                self.ledger.send(mail.number).await;
                Ok(())
            }
        }
    }
}
