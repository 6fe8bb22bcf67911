//! The way of a configuration from the handle to the task.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::status::Failure;
use super::store::LONGEST_TEXT;
use crate::RetryConfigs;
use crate::config::ConfigError;

/// A configuration that was not published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError {
    /// The text has a mistake. Nothing was published.
    Mistake(ConfigError),
    /// The text has this many bytes, more than 64 KiB. Nothing was published.
    TooLong(usize),
    /// The member has joined without [`configs`](super::FleetBuilder::configs). Nothing was published.
    NoConfigs,
    /// A later publication of this member has taken its place.
    Superseded,
    /// The store has not confirmed it. It may have the text nevertheless.
    Unconfirmed(Failure),
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublishError::Mistake(error) => error.fmt(f),
            PublishError::TooLong(bytes) => {
                write!(
                    f,
                    "the configuration has {bytes} bytes; {LONGEST_TEXT} is the most"
                )
            }
            PublishError::NoConfigs => f.write_str(
                "this member has no configuration; write `.configs(&CONFIG)` before `.start()`",
            ),
            PublishError::Superseded => {
                f.write_str("a later publication of this member has taken its place")
            }
            PublishError::Unconfirmed(failure) => {
                write!(
                    f,
                    "the configuration may not have been published: {failure}"
                )
            }
        }
    }
}

impl std::error::Error for PublishError {}

/// The way of a text from the handle to the task.
#[derive(Clone, Debug)]
pub(super) struct Publisher {
    set: &'static RetryConfigs,
    desk: Arc<Mutex<Desk>>,
}

/// The last text that is wanted. One that comes before it is sent takes its place.
#[derive(Debug, Default)]
struct Desk {
    text: Option<String>,
    wanted: u64,
    done: u64,
}

/// A text to publish, with its number.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) text: String,
    number: u64,
}

/// A text that is to be published. Dropped, it is no more, unless it is under way.
#[derive(Debug)]
pub(super) struct Publication<'a> {
    publisher: &'a Publisher,
    number: u64,
}

impl Publication<'_> {
    /// Returns how it has ended, if it has.
    pub(super) fn end(&self) -> Option<Result<(), PublishError>> {
        let desk = self.publisher.desk();
        match desk.done.cmp(&self.number) {
            Ordering::Equal => Some(Ok(())),
            Ordering::Greater => Some(Err(PublishError::Superseded)),
            Ordering::Less => None,
        }
    }
}

impl Drop for Publication<'_> {
    fn drop(&mut self) {
        let mut desk = self.publisher.desk();
        if desk.wanted == self.number {
            desk.text = None;
        }
    }
}

impl Publisher {
    pub(super) fn new(set: &'static RetryConfigs) -> Self {
        let desk = Arc::default();
        Publisher { set, desk }
    }

    pub(super) fn check(&self, text: &str) -> Result<(), PublishError> {
        if text.len() > LONGEST_TEXT {
            return Err(PublishError::TooLong(text.len()));
        }
        self.set.check_fleet(text).map_err(PublishError::Mistake)
    }

    /// Asks for a text to be published, for as long as the publication is kept.
    pub(super) fn publish(&self, text: &str) -> Publication<'_> {
        let mut desk = self.desk();
        desk.text = Some(text.to_owned());
        desk.wanted += 1;
        Publication {
            publisher: self,
            number: desk.wanted,
        }
    }

    /// Returns the text to send, until it is done.
    pub(super) fn wanted(&self) -> Option<Wanted> {
        let desk = self.desk();
        let (text, number) = (desk.text.clone()?, desk.wanted);
        Some(Wanted { text, number })
    }

    /// Notes that the store has a text.
    pub(super) fn done(&self, sent: &Wanted) {
        let mut desk = self.desk();
        desk.done = sent.number;
        if desk.wanted == sent.number {
            desk.text = None;
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
