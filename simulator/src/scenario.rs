//! A scenario: a server, its outage, the clients and their policy, as a TOML file says.

use std::fs;
use std::path::Path;

use persevere_core::RetryConfig;
use serde::Deserialize;

use crate::check::check;
use crate::refusal::Refusal;
use crate::span::Span;

/// A scenario: server, outage, clients and policy.
///
/// ```
/// use persevere_simulator::Scenario;
///
/// let scenario = Scenario::parse("calm.toml", r#"
///     duration = "10s"
///     [server]
///     capacity = 100
///     [clients]
///     count = 50
///     [policy]
///     wait = "fixed(1s)"
/// "#)?;
/// assert_eq!(scenario.run()?.succeeded, 50);
/// # Ok::<(), persevere_simulator::Refusal>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The file it was read from.
    #[serde(skip)]
    pub file: String,
    /// The name in the summary and the plot; by default the file's.
    #[serde(default)]
    pub name: String,
    /// The same seed gives the same run.
    #[serde(default = "defaults::seed")]
    pub seed: u64,
    /// The time in which calls begin.
    #[serde(default = "defaults::duration")]
    pub duration: Span,
    /// The server.
    pub server: Served,
    /// The outage; none by default.
    pub outage: Option<Outage>,
    /// The clients.
    pub clients: Clients,
    /// The rate limiter of each process; none by default.
    pub rate_limiter: Option<Limiter>,
    /// The bulkhead of each process; none by default.
    pub bulkhead: Option<Places>,
    /// The fleet that the processes are; by default each is alone.
    pub fleet: Option<Fleet>,
    /// The policy of each client: the keys of a [`RetryConfig`].
    #[serde(default)]
    pub policy: toml::Table,
}

/// The server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// Requests that it serves a second.
    pub capacity: f64,
    /// From a request to its answer, where no other waits.
    #[serde(default = "defaults::latency")]
    pub latency: Span,
    /// Requests that may wait for their turn; as many as are served in a second, if it is left out.
    pub queue: Option<f64>,
    /// The fate of a request that finds the queue full.
    #[serde(default)]
    pub overload: Overload,
    /// From a request to its refusal.
    #[serde(default = "defaults::refusal")]
    pub refusal: Span,
    /// The requests that it takes in each window of time; beyond it, it refuses and says when the window ends.
    pub quota: Option<Quota>,
}

/// A quota of requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Requests in a window.
    pub requests: u64,
    /// The length of a window.
    pub every: Span,
}

/// A rate limiter, which every attempt of a process asks, and which a refusal by the quota holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limiter {
    /// Attempts in a period.
    pub rate: u32,
    /// The length of the period.
    pub every: Span,
    /// Attempts at once; by default 1.
    pub burst: Option<u32>,
}

/// A bulkhead, which every attempt of a process takes a place of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// Attempts at a time.
    pub places: u32,
    /// Calls that may wait for a place; by default as many as the bulkhead lets.
    pub queue: Option<u32>,
}

/// A fleet: processes that share their parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fleet {
    /// The time between two exchanges of a process.
    #[serde(default = "defaults::every")]
    pub every: Span,
    /// The time after which a share without an exchange is given to others.
    #[serde(default = "defaults::lease")]
    pub lease: Span,
    /// From a process to the store, and back: the mean of a time that is up to twice as long.
    #[serde(default = "defaults::delay")]
    pub delay: Span,
}

impl Served {
    /// Requests that may wait.
    pub fn queue(&self) -> f64 {
        self.queue.unwrap_or(self.capacity)
    }
}

/// The fate of a request that finds the queue full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overload {
    /// It is refused at once.
    #[default]
    Refuse,
    /// It is never answered.
    Drop,
}

/// An outage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Written")]
pub struct Outage {
    /// Its beginning.
    pub start: Span,
    /// Its duration; for ever by default.
    pub duration: Option<Span>,
    /// Its kind.
    pub kind: Kind,
}

impl Outage {
    /// Its end, in nanoseconds since the start of the run.
    pub fn end(&self) -> u64 {
        let ends = |Span(lasts)| self.start.0.saturating_add(lasts);
        self.duration.map_or(u64::MAX, ends)
    }
}

/// The kind of an outage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Every request is refused at once.
    Down,
    /// No request is answered.
    Hang,
    /// The server is slower, by this factor.
    Slow(f64),
    /// This share of the requests is answered with an error.
    Errors(f64),
}

/// An outage as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    start: Span,
    duration: Option<Span>,
    #[serde(default)]
    kind: Word,
    factor: Option<f64>,
    rate: Option<f64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    #[default]
    Down,
    Hang,
    Slow,
    Errors,
}

impl TryFrom<Written> for Outage {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let kind = match (written.kind, written.factor, written.rate) {
            (Word::Down, None, None) => Kind::Down,
            (Word::Hang, None, None) => Kind::Hang,
            (Word::Slow, Some(factor), None) => Kind::Slow(factor),
            (Word::Errors, None, Some(rate)) => Kind::Errors(rate),
            (Word::Slow, _, _) => return Err("how slow? write factor = 10 beside kind = \"slow\""),
            (Word::Errors, _, _) => {
                return Err("how many? write rate = 0.5 beside kind = \"errors\"");
            }
            _ => {
                return Err(
                    "factor is for kind = \"slow\", rate for kind = \"errors\"; leave them out",
                );
            }
        };
        Ok(Outage {
            start: written.start,
            duration: written.duration,
            kind,
        })
    }
}

/// The clients.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clients {
    /// Their number.
    pub count: u32,
    /// Calls that each begins a second, whether its earlier ones have ended or not; one call in all, if it
    /// is left out.
    pub rate: Option<f64>,
    /// The distribution of the calls over time.
    #[serde(default)]
    pub arrival: Arrival,
    /// Processes that the clients are spread over; those of one share a breaker and a budget.
    #[serde(default = "defaults::processes")]
    pub processes: u32,
}

/// A distribution of calls over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Arrival {
    /// At equal distances.
    #[serde(rename = "even")]
    Even,
    /// Each by itself.
    #[default]
    #[serde(rename = "poisson")]
    Poisson,
    /// Those of all clients on one tick.
    #[serde(rename = "at once")]
    AtOnce,
}

mod defaults {
    use super::Span;

    pub(super) fn seed() -> u64 {
        7
    }

    pub(super) fn duration() -> Span {
        Span(60_000_000_000)
    }

    pub(super) fn latency() -> Span {
        Span(20_000_000)
    }

    pub(super) fn refusal() -> Span {
        Span(1_000_000)
    }

    pub(super) fn every() -> Span {
        Span(250_000_000)
    }

    pub(super) fn lease() -> Span {
        Span(5_000_000_000)
    }

    pub(super) fn delay() -> Span {
        Span(1_000_000)
    }

    pub(super) fn processes() -> u32 {
        1
    }
}

impl Scenario {
    /// Reads and checks a file.
    ///
    /// # Errors
    ///
    /// [`Refusal`], as [`parse`](Scenario::parse); or the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Scenario::parse(&file, &text),
            Err(error) => Err(Refusal::new(file, error.to_string())),
        }
    }

    /// Reads and checks the text of a file.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: a key or value that does not exist, or that can only be a mistake; a scenario that could
    /// not end.
    ///
    /// ```
    /// use persevere_simulator::Scenario;
    ///
    /// let text = "server.capacity = 0\nclients.count = 10";
    /// let refusal = Scenario::parse("none.toml", text).unwrap_err();
    /// assert!(refusal.to_string().starts_with("none.toml: server.capacity = 0:"));
    /// ```
    pub fn parse(file: &str, text: &str) -> Result<Self, Refusal> {
        let mut scenario: Scenario =
            toml::from_str(text).map_err(|error| Refusal::syntax(file, text, &error))?;
        file.clone_into(&mut scenario.file);
        if scenario.name.is_empty() {
            let stem = Path::new(file).file_stem().unwrap_or_default();
            scenario.name = stem.to_string_lossy().into_owned();
        }
        check(&scenario)?;
        Ok(scenario)
    }

    /// The policy, with a breaker and a budget of its own.
    pub(crate) fn policy(&self) -> Result<RetryConfig, Refusal> {
        let policy = RetryConfig::deserialize(self.policy.clone())
            .map_err(|error| self.refuse_policy(error.message()))?;
        let sound = policy.validate();
        sound.map_err(|error| self.refuse_policy(&error.to_string()))?;
        Ok(policy)
    }

    fn refuse_policy(&self, error: &str) -> Refusal {
        Refusal::new(&self.file, format!("policy.{error}")).at("policy")
    }

    /// The keys of the policy that are written, as the attribute has them.
    pub(crate) fn choices(&self) -> String {
        self.policy()
            .map_or_else(|refusal| refusal.to_string(), |policy| policy.to_string())
    }

    /// The policies of all processes.
    pub(crate) fn policies(&self) -> Result<Vec<RetryConfig>, Refusal> {
        let own = ["breaker", "budget", "bulkhead", "rate_limiter"]
            .iter()
            .any(|key| self.policy.contains_key(*key));
        let different = if own || self.has_limits() {
            self.clients.processes
        } else {
            1
        };
        (0..different).map(|_| self.policy()).collect()
    }

    /// Calls that begin a second, in the mean.
    pub fn offered(&self) -> f64 {
        let clients = f64::from(self.clients.count);
        clients * self.clients.rate.unwrap_or(1.0 / self.duration.seconds())
    }
}
