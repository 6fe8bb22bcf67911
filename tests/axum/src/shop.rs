//! The functions of the service, and its routes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use persevere::axum::{DeadlineLayer, alive};
use persevere::http::{HttpError, OrHttpError};
use persevere::rate_limiter::SECOND;
use persevere::{
    Attempt, Bulkhead, CircuitBreaker, RateLimiter, Registry, RetryBudget, RetryError, RetryStats,
    inventory, retry, telemetry,
};
use tokio::net::TcpListener;

use crate::seen::{Call, Seen};

/// A breaker for each host.
pub static HOSTS: Registry<String, CircuitBreaker> = Registry::new(100, |_host| {
    CircuitBreaker::new("hosts")
        .consecutive(5)
        .open_for(Duration::from_millis(200))
        .listener(telemetry::breaker_metrics)
});
/// The retries, and further copies, of all functions that name it.
pub static BUDGET: RetryBudget = RetryBudget::ratio(0.5, Duration::from_secs(10)).named("shop");
/// As many requests as the service of prices allows.
pub static PRICES: RateLimiter = RateLimiter::new("prices").rate(400, SECOND).burst(20);
/// As many reports as it makes at a time.
pub static REPORTS: Bulkhead = Bulkhead::new("reports", 3).queue(2);
/// The statistics of each function, in the order of [`FUNCTIONS`].
pub static STATS: [RetryStats; 4] = [const { RetryStats::new() }; 4];

/// The functions by their names, each with a count of its own.
pub static FUNCTIONS: [(&str, Seen); 4] = [
    ("stock", Seen::new()),
    ("price", Seen::new()),
    ("report", Seen::new()),
    ("search", Seen::new()),
];

/// A client of the services behind.
#[derive(Debug)]
pub struct Shop {
    http: reqwest::Client,
    hosts: Vec<SocketAddr>,
    metrics: PrometheusHandle,
}

type Reply = Result<String, RetryError<HttpError>>;

/// Asks a host that may be down: its breaker ends the call, and the deadline of the request is its own.
#[retry(
    name = "stock",
    when = transient(),
    wait = exponential(5ms).max(50ms).full_jitter(),
    stop = after_attempt(4),
    nested = share(),
    breaker = HOSTS.get(host),
    budget = &BUDGET,
    metrics = true,
    stats = &STATS[0],
    wrap_err = true,
    attempt = at,
)]
async fn stock(shop: &Shop, host: &str, call: &Call) -> Reply {
    shop.fetch(host, call, &at).await
}

/// Asks no faster than the service allows, within a time of its own.
#[retry(
    name = "price",
    when = transient(),
    wait = exponential(5ms).max(50ms).full_jitter(),
    deadline = 200ms,
    rate_limiter = &PRICES,
    metrics = true,
    stats = &STATS[1],
    wrap_err = true,
    attempt = at,
)]
async fn price(shop: &Shop, host: &str, call: &Call) -> Reply {
    shop.fetch(host, call, &at).await
}

/// Takes a place of few, and ends with its handler. No key says that it is counted: `install()` does.
#[retry(
    name = "report",
    when = transient(),
    wait = exponential(5ms).max(50ms).full_jitter(),
    attempt_timeout = 150ms,
    bulkhead = &REPORTS,
    stats = &STATS[2],
    wrap_err = true,
    attempt = at,
)]
async fn report(shop: &Shop, host: &str, call: &Call) -> Reply {
    shop.fetch(host, call, &at).await
}

/// Sends a further copy of a request that is slow.
#[retry(
    name = "search",
    when = transient(),
    wait = exponential(5ms).max(50ms).full_jitter(),
    hedge = delay(20ms).copies(2),
    budget = &BUDGET,
    stats = &STATS[3],
    wrap_err = true,
    attempt = at,
)]
async fn search(shop: &Shop, host: &str, call: &Call) -> Reply {
    shop.fetch(host, call, &at).await
}

impl Shop {
    /// Creates a shop in front of these services.
    pub fn new(hosts: Vec<SocketAddr>, metrics: PrometheusHandle) -> Self {
        Shop {
            http: reqwest::Client::new(),
            hosts,
            metrics,
        }
    }

    /// Sends a request of an attempt.
    async fn fetch(&self, host: &str, call: &Call, at: &Attempt) -> Result<String, HttpError> {
        let run = call.run(at);
        run.end(self.get(host).await)
    }

    async fn get(&self, host: &str) -> Result<String, HttpError> {
        let number: usize = host.parse().unwrap_or_default();
        let url = format!("http://{}/item", self.hosts[number % self.hosts.len()]);
        let response = self.http.get(url).send().await?;
        Ok(response.or_http_error()?.text().await?)
    }

    /// Serves the shop at a free port of loopback, and returns its address.
    pub async fn serve(self) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/stock/{host}", get(stock_route))
            .route("/price/{host}", get(price_route))
            .route("/report/{host}", get(report_route))
            .route("/search/{host}", get(search_route))
            .layer(DeadlineLayer::new().max(Duration::from_secs(5)))
            // These are for operators. Without the layer: they answer when nothing else does.
            .route("/healthz", get(alive))
            .route("/resilience", get(async || inventory()))
            .route("/metrics", get(metrics))
            .with_state(Arc::new(self));
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        address
    }
}

async fn stock_route(State(shop): State<Arc<Shop>>, Path(host): Path<String>) -> Reply {
    let called = async |call: Call| stock(&shop, &host, &call).await;
    FUNCTIONS[0].1.watch(called).await
}

async fn price_route(State(shop): State<Arc<Shop>>, Path(host): Path<String>) -> Reply {
    let called = async |call: Call| price(&shop, &host, &call).await;
    FUNCTIONS[1].1.watch(called).await
}

async fn report_route(State(shop): State<Arc<Shop>>, Path(host): Path<String>) -> Reply {
    let called = async |call: Call| report(&shop, &host, &call).await;
    FUNCTIONS[2].1.watch(called).await
}

async fn search_route(State(shop): State<Arc<Shop>>, Path(host): Path<String>) -> Reply {
    let called = async |call: Call| search(&shop, &host, &call).await;
    FUNCTIONS[3].1.watch(called).await
}

/// Shows the parts that calls share beside the counters of calls, as they are at the scrape.
async fn metrics(State(shop): State<Arc<Shop>>) -> String {
    for (_, breaker) in HOSTS.snapshot() {
        telemetry::observe_breaker(&breaker);
    }
    telemetry::observe_parts();
    shop.metrics.render()
}
