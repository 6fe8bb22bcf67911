//! The other crates' places, as many as ours.

use std::future::{Ready, ready};
use std::hint::black_box;
use std::io;
use std::pin::pin;
use std::sync::LazyLock;

use tokio::sync::Semaphore;
use tower::util::ServiceFn;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_resilience_bulkhead::{Bulkhead, BulkheadLayer};

use super::{BARE, Contender, PLACES, attempt, attempts};
use crate::contender::poll;

static SEMAPHORE: Semaphore = Semaphore::const_new(PLACES as usize);

type Call = fn(u64) -> Ready<io::Result<()>>;

static TOWER: LazyLock<Bulkhead<ServiceFn<Call>>> = LazyLock::new(|| {
    let layer = BulkheadLayer::builder().max_concurrent_calls(PLACES as usize);
    let call: Call = |id| {
        attempt(id);
        ready(Ok(()))
    };
    layer.build().expect("sensible").layer(service_fn(call))
});

pub(super) const PEERS: [Contender; 3] = [
    Contender {
        name: "tokio Semaphore, try_acquire",
        floor: BARE,
        calls: attempts!(|id| {
            let permit = SEMAPHORE.try_acquire();
            attempt(id);
            drop(permit);
        }),
    },
    Contender {
        name: "tokio Semaphore, acquire",
        floor: BARE,
        calls: attempts!(|id| poll(pin!(async {
            let permit = SEMAPHORE.acquire().await;
            attempt(id);
            drop(permit);
        }))),
    },
    Contender {
        name: "tower-resilience",
        floor: BARE,
        calls: |rounds| {
            let mut service = TOWER.clone();
            for id in 0..rounds {
                let call = async { service.ready().await?.call(id).await };
                let _ = black_box(poll(pin!(call)));
            }
        },
    },
];
