//! A Prometheus exporter, read over HTTP as Prometheus does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

/// The samples of one scrape, by their names and labels.
#[derive(Debug)]
pub(crate) struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// The sample that is written like this; `None` if there is none.
    pub(crate) fn get(&self, sample: &str) -> Option<f64> {
        self.0.get(sample).copied()
    }

    /// The samples of a name whose labels contain this text: the other labels, and values.
    pub(crate) fn of(&self, name: &str, label: &str) -> Vec<(String, f64)> {
        let prefix = format!("{name}{{{label}");
        let samples = self.0.iter().filter(|(key, _)| key.starts_with(&prefix));
        let rest = |key: &String| key[prefix.len()..].trim_matches([',', '}']).to_owned();
        samples.map(|(key, value)| (rest(key), *value)).collect()
    }

    /// The labels that samples of this name have.
    pub(crate) fn labels(&self, name: &str) -> BTreeSet<&str> {
        let keys = self.0.keys().filter_map(|key| key.strip_prefix(name));
        let labels = keys.filter_map(|key| key.strip_prefix('{'));
        // No value of a test has a quotation mark in it.
        let parts = labels.flat_map(|labels| labels.split('"').step_by(2));
        let names = parts.map(|part| part.trim_matches([',', '=', '}']));
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Whether a sample has this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().contains(&name)
    }

    /// The names of all samples.
    pub(crate) fn names(&self) -> Vec<&str> {
        let names = self
            .0
            .keys()
            .map(|key| key.split('{').next().unwrap_or(key));
        names.collect()
    }
}

/// Sets the recorder of the process, once, and serves it. A test holds what this returns to its end: a scrape beside
/// another test would lose samples of its histograms (`findings/exporter-loses-samples-in-a-scrape.sh`).
#[must_use = "another test may scrape meanwhile"]
pub(crate) fn exporter() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    address();
    alone
}

fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.unwrap();
        let matcher = Matcher::Full("retry_duration_seconds".to_owned());
        let (recorder, serve) = {
            let _inside = runtime.enter();
            PrometheusBuilder::new()
                .with_http_listener(address)
                .set_buckets_for_metric(matcher, &[0.5, 1.5, 60.0])
                .unwrap()
                .build()
                .unwrap()
        };
        metrics::set_global_recorder(recorder).unwrap();
        thread::spawn(move || runtime.block_on(serve));
        address
    })
}

/// The text that the exporter gives now.
pub(crate) fn scrape() -> Scrape {
    let mut stream = connect(address());
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let samples = body.lines().filter(|line| !line.starts_with('#'));
    let samples = samples.filter_map(|line| {
        let (key, value) = line.rsplit_once(' ')?;
        Some((key.to_owned(), value.parse().ok()?))
    });
    Scrape(samples.collect())
}

/// The listener comes up in its own time.
fn connect(address: SocketAddr) -> TcpStream {
    for _ in 0..500 {
        if let Ok(stream) = TcpStream::connect(address) {
            return stream;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("nobody listens at {address}");
}
