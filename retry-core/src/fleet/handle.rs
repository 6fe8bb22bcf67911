//! A member that exchanges.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::change::Change;
use super::clock::now;
use super::error::FleetError;
use super::exchange::Exchange;
use super::link::Link;
use super::member::Member;
use super::part::Terms;
#[cfg(feature = "config")]
use super::publisher::Publisher;
use super::status::{Failure, Status};
use crate::telemetry;

/// A process that shares breakers, budgets, limits and configurations with others.
///
/// Keep it for as long as the process shares them. Dropping it ends the exchange: what the process holds is given to
/// others when its lease is over, and its parts keep to the share that they have.
///
/// ```no_run
/// # use persevere_core as persevere;
/// use persevere::rate_limiter::HOUR;
/// use persevere::{CircuitBreaker, Fleet, RateLimiter};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
/// static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR).burst(50);
///
/// # async fn run() -> Result<(), persevere::fleet::FleetError> {
/// let fleet = Fleet::connect("redis://127.0.0.1/").namespace("shop").members(3);
/// let fleet = fleet.join(&PAYMENTS).join(&GITHUB).start().await?;
/// // The process serves.
/// fleet.leave().await;
/// # Ok(())
/// # }
/// ```
#[must_use = "a fleet that is dropped exchanges no more: keep it for as long as the process shares its parts"]
pub struct Fleet {
    exchange: Arc<Exchange>,
    task: JoinHandle<()>,
    #[cfg(feature = "config")]
    pub(super) publisher: Option<Publisher>,
}

impl Fleet {
    pub(super) async fn start(
        mut member: Member,
        link: Link,
        terms: Terms,
        listener: Option<fn(&Change)>,
    ) -> Result<Self, FleetError> {
        let runtime = Handle::try_current().map_err(|_| FleetError::NoRuntime)?;
        member.begin(now());
        let exchange = Arc::new(Exchange::new(member, terms, listener));
        let running = Arc::clone(&exchange);
        let task = runtime.spawn(async move { running.run(link).await });
        let fleet = Fleet {
            exchange,
            task,
            #[cfg(feature = "config")]
            publisher: None,
        };
        fleet.wait_for_first(Duration::from_secs(1)).await;
        Ok(fleet)
    }

    /// Sets the way by which it publishes.
    #[cfg(feature = "config")]
    pub(super) fn publishing(mut self, publisher: Option<Publisher>) -> Self {
        self.publisher = publisher;
        self
    }

    /// Waits until an exchange has succeeded, for so long at most.
    async fn wait_for_first(&self, longest: Duration) {
        let pause = Duration::from_millis(2);
        let asking = async {
            while !self.exchange.status().joined {
                tokio::time::sleep(pause).await;
            }
        };
        let _ = tokio::time::timeout(longest, asking).await;
    }

    /// Returns what this member knows of the fleet, as of its last exchange.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # #[cfg(feature = "testing")]
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), persevere::fleet::FleetError> {
    /// use persevere::{CircuitBreaker, Fleet};
    /// use persevere::fleet::MemoryStore;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
    ///
    /// let fleet = Fleet::in_memory(&MemoryStore::new()).namespace("shop");
    /// let fleet = fleet.join(&PAYMENTS).start().await?;
    /// assert!(fleet.status().joined);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "testing"))]
    /// # fn main() {}
    /// ```
    pub fn status(&self) -> Status {
        let mut status = self.exchange.status();
        if self.task.is_finished() && !self.exchange.leaves() {
            status.joined = false;
            status.failure = Some(Failure::Ended);
        }
        status
    }

    /// Gives back what this member holds, and ends the exchange: after one more exchange, and at the latest after half
    /// of the lease and an exchange.
    ///
    /// Call it after the last call of the process. Later calls keep to the share that it had.
    pub async fn leave(&self) {
        self.exchange.leave();
        // It also ends with its runtime.
        while !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if !self.exchange.leaves() {
            telemetry::fleet::dropped(self.exchange.namespace());
        }
        self.task.abort();
    }
}

/// Shows what it shares, and no address.
impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("namespace", &self.exchange.namespace())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
