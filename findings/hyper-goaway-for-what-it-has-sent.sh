#!/usr/bin/env bash
# hyper 1.12.0: on several threads a request of HTTP/2 fails with the server's GOAWAY although it was sent and processed. The
# dispatcher (`proto/h2/client.rs`) gives the request to h2, asks h2 once more for a connection's error, and fails the request
# with the GOAWAY that it finds, whatever its last stream; the connection's own task may have written the head by then. Without a
# body the head is the whole request. The server is hyper's, shut down in good order under full load.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"
[dependencies]
h2 = "=0.4.20"
http-body-util = "=0.1.3"
hyper = { version = "=1.12.0", features = ["client", "http2", "server"] }
hyper-util = { version = "=0.1.21", features = ["client-legacy", "http2", "tokio"] }
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread", "sync", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::collections::HashSet;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

type Seen = Arc<Mutex<HashSet<String>>>;

/// Answers, and shuts the connection down in good order after 20 requests.
async fn serve(stream: TcpStream, seen: Seen) {
    let (count, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let enough_seen = enough.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (seen, count, enough) = (seen.clone(), count.clone(), enough.clone());
        async move {
            let path = request.uri().path().to_owned();
            request.into_body().collect().await?;
            seen.lock().unwrap().insert(path);
            if count.fetch_add(1, Relaxed) == 20 {
                enough.notify_one();
            }
            Ok::<_, hyper::Error>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let connection = http2::Builder::new(TokioExecutor::new());
    let mut connection = std::pin::pin!(connection.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        () = enough_seen.notified() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

fn is_go_away(error: &hyper_util::client::legacy::Error) -> bool {
    let hyper = error.source();
    let h2 = hyper.and_then(Error::source).and_then(|h2| h2.downcast_ref::<h2::Error>());
    h2.is_some_and(|h2| h2.is_remote() && h2.is_go_away())
}

#[tokio::main(worker_threads = 4)]
async fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, failed) = (Seen::default(), Seen::default());
    let server = seen.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(stream, server.clone()));
            }
        });
    });
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
    let (next, end) = (Arc::new(AtomicUsize::new(0)), Instant::now() + Duration::from_secs(120));
    let found = |seen: &Seen, failed: &Seen| !seen.lock().unwrap().is_disjoint(&failed.lock().unwrap());
    let mut tasks = Vec::new();
    for _ in 0..32 {
        let (client, next, seen, failed) = (client.clone(), next.clone(), seen.clone(), failed.clone());
        tasks.push(tokio::spawn(async move {
            while Instant::now() < end && !found(&seen, &failed) {
                let path = format!("/{}", next.fetch_add(1, Relaxed));
                let request = Request::post(format!("http://{address}{path}"));
                let call = client.request(request.body(Empty::<Bytes>::new()).unwrap());
                if let Ok(Err(error)) = tokio::time::timeout(Duration::from_secs(5), call).await {
                    if is_go_away(&error) {
                        failed.lock().unwrap().insert(path);
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    println!("failed with the server's GOAWAY, and processed: {}", found(&seen, &failed));
}
RUST
cargo build --quiet --release
timeout 180 target/release/finding | tee seen
diff seen - <<'EXPECTED'
failed with the server's GOAWAY, and processed: true
EXPECTED
