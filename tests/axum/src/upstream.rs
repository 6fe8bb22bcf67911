//! A service behind the shop, which can be killed.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::runtime::{Builder, Runtime};

/// A server on a runtime of its own: with it go its listener and all its connections, in the middle of their answers.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    running: Option<Runtime>,
    answered: Arc<AtomicU64>,
}

impl Upstream {
    /// Starts a server at a free port of loopback.
    pub fn start() -> Self {
        let mut upstream = Upstream {
            address: ([127, 0, 0, 1], 0).into(),
            running: None,
            answered: Arc::default(),
        };
        upstream.revive();
        upstream
    }

    /// Returns the address, which it keeps over a kill.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of requests that reached it.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Drops the listener and every connection.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown_background();
        }
    }

    /// Starts it where it was before.
    pub fn revive(&mut self) {
        let listener = TcpListener::bind(self.address).unwrap();
        listener.set_nonblocking(true).unwrap();
        self.address = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/{item}", get(answer))
            .with_state(self.answered.clone());
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        runtime.spawn(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        self.running = Some(runtime);
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Answers well, or now and then busy, without the item, or late.
async fn answer(State(answered): State<Arc<AtomicU64>>) -> (StatusCode, &'static str) {
    match answered.fetch_add(1, Ordering::Relaxed) % 20 {
        7 => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        13 => (StatusCode::NOT_FOUND, "no such item"),
        17 => {
            tokio::time::sleep(Duration::from_millis(400)).await;
            (StatusCode::OK, "late")
        }
        _ => (StatusCode::OK, "well"),
    }
}
