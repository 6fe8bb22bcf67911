//! Trouble: what keeps a process waiting, lets too much through, or is not said, where two things go wrong at once.

mod breakers;
mod configs;
mod limits;
mod runtimes;
mod servers;

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use persevere::breaker::State;
use persevere::fleet::engine::{JoinAs, Member, Store, Terms};
use persevere::fleet::{Change, Fleet, FleetBuilder, Join, MemoryStore};
use persevere::rate_limiter::{HOUR, MINUTE, SECOND};
use persevere::{Bulkhead, CircuitBreaker, Policy, RateLimiter, RetryConfigs, RetryPolicy, stop};
use redis::{Client, cmd};
use support::Redis;
use tokio::time::{Instant, sleep, timeout};

use crate::members::Proxy;

const S: Duration = Duration::from_secs(1);

fn fleet(store: &MemoryStore, members: u32) -> FleetBuilder {
    Fleet::in_memory(store).namespace("shop").members(members)
}

/// Starts a member that shares one part.
async fn start<T>(store: &MemoryStore, members: u32, part: &Arc<T>) -> Fleet
where
    Arc<T>: Join,
{
    let fleet = fleet(store, members).join(Arc::clone(part));
    fleet.start().await.unwrap()
}

/// Runs loops that hold a place for 100 ms each.
fn works(bulkhead: &Arc<Bulkhead>, loops: usize) {
    for _ in 0..loops {
        let bulkhead = Arc::clone(bulkhead);
        tokio::spawn(async move {
            loop {
                let place = bulkhead.enter().await.unwrap();
                sleep(Duration::from_millis(100)).await;
                drop(place);
            }
        });
    }
}

const FIVE: &str = r#"payments.stop = "after_attempt(5)""#;

const SIX: &str = r#"payments.stop = "after_attempt(6)""#;

static SEEN: OnceLock<Fleet> = OnceLock::new();

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A server for the scripts of all keys but one, as a cluster of which one shard is down.
struct OneShardIsDown;

impl redis::aio::ConnectionLike for OneShardIsDown {
    fn req_packed_command<'a>(
        &'a mut self,
        cmd: &'a redis::Cmd,
    ) -> redis::RedisFuture<'a, redis::Value> {
        let text = String::from_utf8_lossy(&cmd.get_packed_command()).into_owned();
        Box::pin(async move {
            if text.contains("first") {
                return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
            }
            let numbers = [1, 1_000_000, 1, 0, 1, 0];
            Ok(redis::Value::Array(numbers.map(redis::Value::Int).to_vec()))
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a redis::Pipeline,
        _: usize,
        _: usize,
    ) -> redis::RedisFuture<'a, Vec<redis::Value>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

static HEARD: Mutex<Vec<Change>> = Mutex::new(Vec::new());

fn payments() -> &'static RetryConfigs {
    Box::leak(Box::new(RetryConfigs::new(&["payments"])))
}
