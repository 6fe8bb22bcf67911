//! The publication of a configuration.

use std::time::Duration;

use super::Fleet;
use super::publisher::PublishError;
use super::status::Failure;

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
        let publication = publisher.publish(text);
        let before = self.status().failures;
        loop {
            if let Some(end) = publication.end() {
                return end;
            }
            let status = self.status();
            // The first of them may have begun before.
            if status.failures > before + 1 || status.failure == Some(Failure::Ended) {
                let failure = status.failure.unwrap_or(Failure::Unreachable);
                return Err(PublishError::Unconfirmed(failure));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
