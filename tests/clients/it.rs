//! Clients of the second ring: each file is a client, or a kind of them.

mod async_nats;
mod async_nats_streams;
mod aws;
mod diesel;
#[cfg(feature = "etcd")]
mod etcd;
mod lapin;
mod lettre;
mod mysql;
mod object_store;
mod pools;
#[cfg(feature = "rdkafka")]
mod rdkafka;
mod reqwest_middleware;
mod ureq;

use persevere::{RetryPolicy, Transient, stop, wait, when};

/// The two predicates under which a test counts what the server does.
const UNSENT: bool = true;
const TRANSIENT: bool = false;

/// Makes a blocking call of three attempts at most.
fn three_blocking<T, E>(unsent: bool, attempt: impl FnMut() -> Result<T, E>) -> Result<T, E>
where
    E: Transient,
{
    let policy = RetryPolicy::new();
    let policy = policy.stop(stop::after_attempt(3)).wait(wait::none());
    match unsent {
        true => policy.when(when::unsent()).run(attempt),
        false => policy.when(when::transient()).run(attempt),
    }
}

/// Makes an async call of three attempts at most.
async fn three<T, E, F>(unsent: bool, attempt: impl FnMut() -> F) -> Result<T, E>
where
    E: Transient,
    F: Future<Output = Result<T, E>>,
{
    let policy = RetryPolicy::new();
    let policy = policy.stop(stop::after_attempt(3)).wait(wait::none());
    match unsent {
        true => policy.when(when::unsent()).run_async(attempt).await,
        false => policy.when(when::transient()).run_async(attempt).await,
    }
}

/// Installs what reqwest makes TLS with, though no test of this package needs any.
fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
