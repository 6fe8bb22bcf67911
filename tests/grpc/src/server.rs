//! The server, which a test scripts and kills.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tonic::body::Body;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::server::Grpc;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use tower::service_fn;

use crate::codec::Text;

type Answer = Pin<Box<dyn Future<Output = Result<String, Status>> + Send>>;

/// A server on loopback, in a runtime of its own.
pub struct Server {
    address: SocketAddr,
    greets: Arc<dyn Fn(usize, Request<String>) -> Answer + Send + Sync>,
    seen: Arc<Mutex<Vec<MetadataMap>>>,
    runtime: Option<Runtime>,
    /// The time that a call may take.
    timeout: Option<Duration>,
}

impl Server {
    /// Starts one. Each call is answered by `greets`, which is told how many calls there were before.
    pub fn start<G, F>(greets: G) -> Self
    where
        G: Fn(usize, Request<String>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<String, Status>> + Send + 'static,
    {
        Server::with_timeout(None, greets)
    }

    /// Starts one that never answers, and says so after this time.
    pub fn impatient(timeout: Duration) -> Self {
        Server::with_timeout(Some(timeout), |_, _| pending())
    }

    fn with_timeout<G, F>(timeout: Option<Duration>, greets: G) -> Self
    where
        G: Fn(usize, Request<String>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<String, Status>> + Send + 'static,
    {
        let mut server = Server {
            address: (Ipv4Addr::LOCALHOST, support::free_port()).into(),
            greets: Arc::new(move |before, request| Box::pin(greets(before, request))),
            seen: Arc::default(),
            runtime: None,
            timeout,
        };
        server.up();
        server
    }

    /// Starts one that answers its first calls with `failures`, and is well then.
    pub fn failing(failures: impl IntoIterator<Item = Status>) -> Self {
        let failures = Vec::from_iter(failures);
        Server::start(move |before, request| {
            let failure = failures.get(before).cloned();
            async move { failure.map_or_else(|| Ok(hello(&request)), Err) }
        })
    }

    /// Starts it again, where it was.
    pub fn up(&mut self) {
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let inside = runtime.enter();
        // A process that another test starts has the former socket too, until it runs its program.
        let incoming = loop {
            match TcpIncoming::bind(self.address) {
                Ok(incoming) => break incoming,
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => panic!("{error}"),
            }
        };
        drop(inside);
        self.address = incoming.local_addr().expect("an address");
        let (greets, seen) = (self.greets.clone(), self.seen.clone());
        let service = service_fn(move |request: http::Request<Body>| {
            let (greets, seen) = (greets.clone(), seen.clone());
            let greet = service_fn(move |request: Request<String>| {
                let mut seen = seen.lock().expect("no panic");
                seen.push(request.metadata().clone());
                let answer = greets(seen.len() - 1, request);
                async { Ok::<_, Status>(Response::new(answer.await?)) }
            });
            async move { Ok::<_, Infallible>(Grpc::new(Text).unary(greet, request).await) }
        });
        let mut server = tonic::transport::Server::builder();
        if let Some(timeout) = self.timeout {
            server = server.timeout(timeout);
        }
        runtime.spawn(server.serve_with_incoming(service, incoming));
        self.runtime = Some(runtime);
    }

    /// Kills it, with its connections.
    pub fn down(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A thread of its own: this one may be another runtime's.
            let gone = thread::spawn(move || drop(runtime)).join();
            gone.expect("the server ends");
            // A process that another test starts has its socket too, until it runs its program.
            while TcpStream::connect(self.address).is_ok() {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// A channel to it, which connects when it is used.
    pub fn channel(&self) -> Channel {
        self.endpoint().connect_lazy()
    }

    /// Its endpoint.
    pub fn endpoint(&self) -> Endpoint {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        endpoint.expect("an address")
    }

    fn seen(&self) -> Vec<MetadataMap> {
        self.seen.lock().expect("no panic").clone()
    }

    /// The value that each call so far had under a key of its metadata.
    pub fn told(&self, key: &str) -> Vec<Option<String>> {
        let told = |seen: &MetadataMap| Some(seen.get(key)?.to_str().ok()?.to_owned());
        self.seen().iter().map(told).collect()
    }

    /// The number of calls so far.
    pub fn calls(&self) -> usize {
        self.seen().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.down();
    }
}

/// The answer of the service.
fn hello(request: &Request<String>) -> String {
    format!("hello, {}", request.get_ref())
}

/// Busy, and says what of another attempt, if anything.
pub fn unavailable(pushback: Option<&'static str>) -> Status {
    let mut status = Status::unavailable("busy");
    if let Some(value) = pushback {
        let value = MetadataValue::from_static(value);
        status
            .metadata_mut()
            .insert("grpc-retry-pushback-ms", value);
    }
    status
}
