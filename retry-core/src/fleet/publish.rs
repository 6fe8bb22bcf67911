//! The publication of a configuration.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Fleet;
use super::status::Failure;
use super::store::LONGEST_TEXT;
use crate::RetryConfigs;
use crate::config::ConfigError;

impl Fleet {
    /// Publishes a configuration in TOML, at most 64 KiB, to all members that joined with
    /// [`configs`](super::FleetBuilder::configs), and returns once the store has it; each takes it over at its next
    /// exchange.
    ///
    /// It takes the place of what was published before, and stays for members that start later. It takes precedence
    /// over the file of a member, and environment variables take precedence over it. A member that declares other
    /// policies may refuse it: its [`Status::refused`](super::Status::refused) says why.
    ///
    /// # Errors
    ///
    /// A mistake in the text, with which nothing is published, and a store that has not answered twice in a row: it
    /// may have the text nevertheless.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "testing")] {
    /// use persevere::RetryConfigs;
    /// use persevere::fleet::{Fleet, MemoryStore};
    ///
    /// static HERE: RetryConfigs = RetryConfigs::new(&["payments"]);
    /// static THERE: RetryConfigs = RetryConfigs::new(&["payments"]); // in another process
    ///
    /// # let mut runtime = tokio::runtime::Builder::new_current_thread();
    /// # runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let store = MemoryStore::new();
    /// let fleet = || Fleet::in_memory(&store).namespace("shop");
    /// let here = fleet().configs(&HERE).start().await?;
    /// let there = fleet().configs(&THERE).start().await?;
    ///
    /// here.publish(r#"payments.stop = "after_attempt(5)""#).await?;
    /// tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    /// assert_eq!(THERE.get("payments").to_string(), "stop = after_attempt(5)");
    ///
    /// let error = here.publish(r#"payments.stop = "after_attempt(0)""#).await.unwrap_err();
    /// assert!(error.to_string().starts_with("payments.stop: `after_attempt(0)`: "));
    /// # drop(there);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// # }
    /// ```
    pub async fn publish(&self, text: &str) -> Result<(), PublishError> {
        let Some(publisher) = &self.publisher else {
            return Err(PublishError::NoConfigs);
        };
        publisher.check(text)?;
        let number = publisher.want(text);
        let before = self.status().failures;
        loop {
            if publisher.is_done(number) {
                return Ok(());
            }
            let status = self.status();
            // The first of them may have begun before.
            if status.failures > before + 1 {
                publisher.give_up(number);
                let failure = status.failure.unwrap_or(Failure::Unreachable);
                return Err(PublishError::Unconfirmed(failure));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

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

impl Publisher {
    pub(super) fn new(set: &'static RetryConfigs) -> Self {
        let desk = Arc::default();
        Publisher { set, desk }
    }

    fn check(&self, text: &str) -> Result<(), PublishError> {
        if text.len() > LONGEST_TEXT {
            return Err(PublishError::TooLong(text.len()));
        }
        self.set.check_fleet(text).map_err(PublishError::Mistake)
    }

    fn want(&self, text: &str) -> u64 {
        let mut desk = self.desk();
        desk.text = Some(text.to_owned());
        desk.wanted += 1;
        desk.wanted
    }

    fn is_done(&self, number: u64) -> bool {
        self.desk().done >= number
    }

    fn give_up(&self, number: u64) {
        let mut desk = self.desk();
        if desk.wanted == number {
            desk.text = None;
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
