//! The choices of a member.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{Client, IntoConnectionInfo, RedisResult};

use super::Fleet;
use super::change::Change;
use super::error::FleetError;
use super::join::{Join, JoinAs};
use super::link::Link;
use super::member::Member;
#[cfg(feature = "testing")]
use super::memory::MemoryStore;
use super::part::{Part, Terms};
#[cfg(feature = "config")]
use super::parts::configs::SharedConfigs;
#[cfg(feature = "config")]
use super::publisher::Publisher;
#[cfg(feature = "config")]
use crate::RetryConfigs;
use crate::call::random::RandomSource;

/// A member of a fleet before it starts: where it meets the others, and which parts it shares.
///
/// Mistakes are kept until [`start`](FleetBuilder::start), which returns the first.
///
/// ```
/// # use persevere_core as persevere;
/// # #[cfg(feature = "testing")]
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), persevere::fleet::FleetError> {
/// use std::time::Duration;
/// use persevere::{CircuitBreaker, Fleet, RetryBudget};
/// use persevere::fleet::{FleetError, MemoryStore};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
/// static CHECKOUT: RetryBudget = RetryBudget::tokens(500);
///
/// let store = MemoryStore::new();
/// let fleet = Fleet::in_memory(&store).namespace("shop").members(3);
/// let fleet = fleet.every(Duration::from_secs(1)).lease(Duration::from_secs(20));
/// let fleet = fleet.join(&PAYMENTS).join_as("checkout", &CHECKOUT).start().await?;
/// # drop(fleet);
///
/// let mistake = Fleet::in_memory(&store).start().await.unwrap_err();
/// assert_eq!(mistake, FleetError::Namespace(String::new()));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "testing"))]
/// # fn main() {}
/// ```
#[must_use = "a fleet that is not started shares nothing"]
pub struct FleetBuilder {
    link: Result<Link, FleetError>,
    namespace: String,
    expected: u32,
    every: Duration,
    lease: Duration,
    listener: Option<fn(&Change)>,
    parts: Vec<Result<Box<dyn Part>, FleetError>>,
    #[cfg(feature = "config")]
    publisher: Option<Publisher>,
}

impl Fleet {
    /// Begins a member that meets the others at a Redis server: `redis://host:port/`, or with TLS
    /// `rediss://user:password@host:port/`.
    ///
    /// TLS needs a feature of the `redis` crate: `tokio-rustls-comp` or `tokio-native-tls-comp`.
    pub fn connect(address: impl IntoConnectionInfo) -> FleetBuilder {
        FleetBuilder::to(address)
    }

    /// Begins a member that meets the others over connections of this function: through Sentinel, to a cluster, with
    /// certificates of one's own. It is called again after a connection has failed.
    ///
    /// ```no_run
    /// # use persevere_core as persevere;
    /// use persevere::Fleet;
    ///
    /// // Whichever of two servers is reachable; one that is a replica is left again at its first refusal.
    /// let servers = ["redis://10.0.0.1/", "redis://10.0.0.2/"];
    /// let mut next = servers.into_iter().cycle();
    /// let fleet = Fleet::over(move || {
    ///     let server = next.next().unwrap_or_default();
    ///     async move { redis::Client::open(server)?.get_multiplexed_async_connection().await }
    /// });
    /// # let _ = fleet;
    /// ```
    pub fn over<C, F>(connect: impl FnMut() -> F + Send + 'static) -> FleetBuilder
    where
        C: ConnectionLike + Send + 'static,
        F: Future<Output = RedisResult<C>> + Send + 'static,
    {
        FleetBuilder::over(connect)
    }

    /// Begins a member that meets the others in a store in memory.
    #[cfg(feature = "testing")]
    pub fn in_memory(store: &MemoryStore) -> FleetBuilder {
        FleetBuilder::new(Ok(Link::Memory(store.clone())))
    }
}

impl FleetBuilder {
    pub(super) fn to(address: impl IntoConnectionInfo) -> Self {
        // The error may show the address, and with it a password.
        let link = Client::open(address).map_err(|_| FleetError::Address);
        FleetBuilder::new(link.map(|client| {
            Link::new(move || {
                let client = client.clone();
                async move { client.get_multiplexed_async_connection().await }
            })
        }))
    }

    pub(super) fn over<C, F>(connect: impl FnMut() -> F + Send + 'static) -> Self
    where
        C: ConnectionLike + Send + 'static,
        F: Future<Output = RedisResult<C>> + Send + 'static,
    {
        FleetBuilder::new(Ok(Link::new(connect)))
    }

    pub(super) fn new(link: Result<Link, FleetError>) -> Self {
        FleetBuilder {
            link,
            namespace: String::new(),
            expected: 1,
            every: Duration::from_millis(250),
            lease: Duration::from_secs(5),
            listener: None,
            parts: Vec::new(),
            #[cfg(feature = "config")]
            publisher: None,
        }
    }

    /// Sets the namespace of the fleet: its members are the processes that share one, and all its keys begin with it
    /// and a `:`.
    pub fn namespace(mut self, name: &str) -> Self {
        name.clone_into(&mut self.namespace);
        self
    }

    /// Sets the number of members that are expected; 1 by default.
    ///
    /// A process that has not yet heard of the others keeps to this part of each limit.
    pub const fn members(mut self, expected: u32) -> Self {
        self.expected = expected;
        self
    }

    /// Sets the time between two exchanges; 250 ms by default. Each member waits up to a tenth more or less.
    pub const fn every(mut self, time: Duration) -> Self {
        self.every = time;
        self
    }

    /// Sets the time after which a share without an exchange is given to others; 5 s by default.
    pub const fn lease(mut self, time: Duration) -> Self {
        self.lease = time;
        self
    }

    /// Sets the function that hears when this member joins, and when it is alone.
    ///
    /// It is called in the task of the fleet, and must not wait. After `telemetry::install()` the log says both.
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
    /// let fleet = Fleet::in_memory(&MemoryStore::new()).namespace("shop").join(&PAYMENTS);
    /// // Prints `fleet: joined, 1 member`, and later perhaps `fleet: alone: the store is unreachable`.
    /// let fleet = fleet.listener(|change| println!("fleet: {change}")).start().await?;
    /// # drop(fleet);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "testing"))]
    /// # fn main() {}
    /// ```
    pub const fn listener(mut self, listener: fn(&Change)) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Shares a part under its own name.
    pub fn join(self, part: impl Join) -> Self {
        let name = part.own_name();
        self.join_as(&name, part)
    }

    /// Shares a part under this name.
    pub fn join_as(mut self, name: &str, part: impl JoinAs) -> Self {
        self.parts.push(part.into_part(name.to_owned()));
        self
    }

    /// Shares a set of policies: what a member publishes with [`Fleet::publish`], all take over.
    ///
    /// A fleet has one such set. A store that was emptied, or is away, changes no policy.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Fleet, RetryConfigs};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let fleet = Fleet::connect("redis://127.0.0.1/").namespace("shop").configs(&CONFIG);
    /// # let _ = fleet;
    /// ```
    #[cfg(feature = "config")]
    pub fn configs(mut self, set: &'static RetryConfigs) -> Self {
        let publisher = Publisher::new(set);
        let part = SharedConfigs::new(set, publisher.clone());
        self.parts.push(Ok(Box::new(part)));
        self.publisher = Some(publisher);
        self
    }

    /// Starts to exchange, in a task of the current tokio runtime, and returns after the first exchange, or after a
    /// second without one.
    ///
    /// # Errors
    ///
    /// A mistake in the choices, and no runtime. Redis may be away: the parts are alone then, and join when it comes
    /// back.
    pub async fn start(self) -> Result<Fleet, FleetError> {
        let terms = self.terms()?;
        if !is_namespace(&self.namespace) {
            return Err(FleetError::Namespace(self.namespace));
        }
        let parts = self.parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        parts.iter().try_for_each(|part| part.check(terms))?;
        check_names(&parts)?;
        if parts.is_empty() {
            return Err(FleetError::NoParts);
        }
        let id = RandomSource::Thread.next_u64();
        let member = Member::new(id, self.namespace, terms, parts);
        let fleet = Fleet::start(member, self.link?, terms, self.listener).await;
        #[cfg(feature = "config")]
        let fleet = fleet.map(|fleet| fleet.publishing(self.publisher));
        fleet
    }

    fn terms(&self) -> Result<Terms, FleetError> {
        if self.expected == 0 {
            return Err(FleetError::Members);
        }
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let (tick, lease) = (millis(self.every), millis(self.lease));
        if tick < 10 || lease < tick.saturating_mul(16) || lease > 3_600_000 {
            return Err(FleetError::Lease);
        }
        Ok(Terms {
            lease,
            tick,
            expected: self.expected,
        })
    }
}

/// Refuses names that are no part of a key, and two parts that would have one key.
fn check_names(parts: &[Box<dyn Part>]) -> Result<(), FleetError> {
    let mut taken = BTreeSet::new();
    for part in parts {
        let (kind, name) = (part.kind(), part.name());
        if name.is_empty() || name.len() > 200 || name.contains(char::is_control) {
            return Err(FleetError::Name { kind });
        }
        if !taken.insert((kind, name)) {
            let name = name.to_owned();
            return Err(FleetError::SameName { kind, name });
        }
    }
    Ok(())
}

fn is_namespace(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Shows the namespace and the number of parts, and no address.
impl fmt::Debug for FleetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetBuilder")
            .field("namespace", &self.namespace)
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}
