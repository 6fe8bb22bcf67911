//! A client whose methods share a retry budget, and a breaker for each host: what an outage costs
//! with retries alone, with the budget, and with both. The clock is tokio's paused one.
//!
//! ```text
//! cargo run --example shared_budget
//! ```

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use persevere::breaker::count;
use persevere::{CircuitBreaker, Interrupt, Registry, RetryBudget, retry};
use tokio::time::sleep;

struct Client<'a> {
    network: &'a Network,
    /// All retries of all methods, whichever host they go to.
    budget: RetryBudget,
    /// A breaker for each host: a failure of one says nothing about another.
    breakers: Registry<String, CircuitBreaker>,
}

impl Client<'_> {
    #[retry(
        wait = exponential(20ms).max(1s).full_jitter(),
        on = Err(Failure::Overloaded),
        budget = &self.budget,
        breaker = self.breakers.get(host),
    )]
    async fn get(&self, host: &str) -> Result<u32, Failure> {
        self.network.send(host).await
    }

    /// More patient, and still bounded by the same budget.
    #[retry(
        stop = after_attempt(5),
        wait = exponential(50ms).max(2s).full_jitter(),
        on = Err(Failure::Overloaded),
        budget = &self.budget,
        breaker = self.breakers.get(host),
    )]
    async fn list(&self, host: &str) -> Result<u32, Failure> {
        self.network.send(host).await
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Failure {
    Overloaded,
    Refused,
}

impl From<Interrupt> for Failure {
    fn from(_: Interrupt) -> Self {
        Failure::Refused
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    // A fifth of the calls, and one a second whatever their number.
    let budget = || RetryBudget::ratio(0.2, Duration::from_secs(10)).reserve(1);
    let unlimited = RetryBudget::total(u32::MAX);
    outage("retries alone", unlimited, false).await;
    outage("and a budget", budget(), false).await;
    outage("and breakers", budget(), true).await;
}

const CALLS: usize = 500;

/// Half of the calls go to a host that is well, the others to one that fails more and more.
async fn outage(title: &str, budget: RetryBudget, guarded: bool) {
    let network = Network::default();
    let client = Client {
        network: &network,
        budget,
        // Made at the first call to a host, each with the same settings.
        breakers: Registry::new(1000, |_host| {
            CircuitBreaker::new("host")
                .failure_rate(0.5, count(50))
                .open_for(Duration::from_secs(5))
        }),
    };
    if !guarded {
        client.breakers.get("limping").disable();
    }

    println!("{title}\n  failing   calls  answered  refused  requests  to the limping host");
    for percent in [0, 50, 100] {
        network.failing.set(percent);
        let (mut answered, mut refused) = (0, 0);
        for call in 0..CALLS {
            let host = ["limping", "healthy"][call % 2];
            let reply = match call % 10 {
                0..8 => client.get(host).await,
                _ => client.list(host).await,
            };
            answered += u32::from(reply.is_ok());
            refused += u32::from(reply == Err(Failure::Refused));
            sleep(Duration::from_millis(20)).await;
        }
        let requests = network.requests.take();
        let (all, limping) = (requests.values().sum::<u32>(), requests["limping"]);
        println!(
            "{percent:>7} %  {CALLS:>6}  {answered:>8}  {refused:>7}  {all:>8}  {limping:>19}"
        );
    }
    println!("  budget: {}", client.budget);
    for (host, breaker) in client.breakers.snapshot() {
        let refused = breaker.counts().refused;
        println!(
            "  {host} host: {}, {refused} attempts refused",
            breaker.state()
        );
    }
    println!();
}

/// Counts what the hosts get.
#[derive(Default)]
struct Network {
    /// Of a hundred requests to the limping host.
    failing: Cell<u32>,
    requests: RefCell<BTreeMap<String, u32>>,
    sent: Cell<u32>,
}

impl Network {
    async fn send(&self, host: &str) -> Result<u32, Failure> {
        *self
            .requests
            .borrow_mut()
            .entry(host.to_owned())
            .or_default() += 1;
        let sent = self.sent.replace(self.sent.get() + 1);
        sleep(Duration::from_millis(5)).await;
        // Spread evenly: 37 and 100 have no common factor.
        if host == "limping" && sent * 37 % 100 < self.failing.get() {
            return Err(Failure::Overloaded);
        }
        Ok(sent)
    }
}
