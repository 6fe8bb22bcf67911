//! A process of a fleet: it calls as fast as its share lets it, and says when it took each permit.
//!
//! Arguments are `key=value`; see `Choices`. Commands come by standard input, one a line: `status`, `load busy`,
//! `load idle`, `load 20` (calls a second), `hold 500` (milliseconds), `leave`; of its breaker `fail` until it is open, and
//! `succeed` with one call. Its end ends the process.
//!
//! Each permit is a line `permit <before> <after>`: the monotonic time, in nanoseconds, before and after it was taken.
//! The system's monotonic clock is one for all processes of a host, and it is the clock of the limiter. `Instant` is
//! that clock too, but has no number that another process could read.

use std::cell::Cell;
use std::io::{BufRead, Write, stdin, stdout};
use std::sync::Arc;
use std::time::Duration;
use std::{env, thread};

use persevere::fleet::{Fleet, FleetBuilder};
use persevere::rate_limiter::{SECOND, Settings};
use persevere::{CircuitBreaker, RateLimiter};
use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClientBuilder;
use redis::sentinel::{SentinelClient, SentinelServerType};
use redis::{Client, RedisResult};
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The arguments: how the processes meet, what they share, and how much they call.
#[derive(Clone, Debug)]
struct Choices {
    /// `server`, `any` of several addresses, `sentinel` or `cluster`.
    over: String,
    urls: Vec<String>,
    rate: u32,
    burst: u32,
    members: u32,
    every: Duration,
    lease: Duration,
    load: Load,
    /// Whether a breaker joins too.
    breaker: bool,
}

/// Its open time is shorter than a lease.
static BREAKER: CircuitBreaker = CircuitBreaker::new("payments")
    .consecutive(3)
    .open_for(Duration::from_millis(800));

/// The calls of a process.
#[derive(Clone, Copy, Debug)]
enum Load {
    Busy,
    Idle,
    /// Calls a second.
    Calls(u32),
}

impl Choices {
    fn read() -> Self {
        let mut choices = Choices {
            over: "server".to_owned(),
            urls: Vec::new(),
            rate: 400,
            burst: 6,
            members: 3,
            every: Duration::from_millis(50),
            lease: Duration::from_secs(1),
            load: Load::Busy,
            breaker: false,
        };
        for argument in env::args().skip(1) {
            let (key, value) = argument.split_once('=').expect("key=value");
            let number = || value.parse().expect("a number");
            let millis = || Duration::from_millis(value.parse().expect("milliseconds"));
            match key {
                "over" => value.clone_into(&mut choices.over),
                "url" => choices.urls.push(value.to_owned()),
                "rate" => choices.rate = number(),
                "burst" => choices.burst = number(),
                "members" => choices.members = number(),
                "every" => choices.every = millis(),
                "lease" => choices.lease = millis(),
                "load" => choices.load = Load::read(value),
                "breaker" => choices.breaker = value.parse().expect("true or false"),
                _ => panic!("{argument}"),
            }
        }
        choices
    }

    fn fleet(&self) -> FleetBuilder {
        let urls = self.urls.clone();
        let fleet = match &*self.over {
            "server" => Fleet::connect(&*urls[0]),
            "any" => Fleet::over(move || any(urls.clone())),
            "sentinel" => Fleet::over(move || primary(urls.clone())),
            "cluster" => Fleet::over(move || {
                let cluster = ClusterClientBuilder::new(urls.clone()).build();
                async move { cluster?.get_async_connection().await }
            }),
            other => panic!("{other}"),
        };
        let fleet = fleet.namespace("shop").members(self.members);
        fleet.every(self.every).lease(self.lease)
    }
}

/// Connects to the first server that is there.
async fn any(urls: Vec<String>) -> RedisResult<MultiplexedConnection> {
    let mut last = None;
    for url in urls {
        match Client::open(url)?.get_multiplexed_async_connection().await {
            Err(error) => last = Some(error),
            connected => return connected,
        }
    }
    Err(last.expect("an address"))
}

/// Connects to the server that is the primary by Sentinel.
async fn primary(urls: Vec<String>) -> RedisResult<MultiplexedConnection> {
    let name = "primary".to_owned();
    let mut client = SentinelClient::build(urls, name, None, SentinelServerType::Master)?;
    client.get_async_connection().await
}

impl Load {
    fn read(text: &str) -> Self {
        match text {
            "busy" => Load::Busy,
            "idle" => Load::Idle,
            calls => Load::Calls(calls.parse().expect("calls a second")),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let choices = Choices::read();
    let limiter = Settings::new("github").rate(choices.rate, SECOND);
    let limiter = Arc::new(limiter.burst(choices.burst).build().expect("a limiter"));
    let mut fleet = choices.fleet().join(Arc::clone(&limiter));
    if choices.breaker {
        fleet = fleet.join(&BREAKER);
    }
    let fleet = fleet.start().await.expect("a member");
    say("started");
    let load = Cell::new(choices.load);
    tokio::select! {
        () = call(&limiter, &load) => {}
        () = obey(fleet, &limiter, &load) => {}
    }
}

/// Takes permits.
async fn call(limiter: &RateLimiter, load: &Cell<Load>) {
    loop {
        if matches!(load.get(), Load::Idle) {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        }
        let before = now();
        let taken = limiter.try_acquire();
        let after = now();
        let pause = match (taken, load.get()) {
            (Err(refused), _) => refused.retry_after.min(Duration::from_millis(3)),
            (Ok(()), Load::Calls(calls)) => Duration::from_secs(1) / calls,
            (Ok(()), _) => Duration::ZERO,
        };
        if taken.is_ok() {
            say(&format!("permit {before} {after}"));
        }
        match pause {
            Duration::ZERO => tokio::task::yield_now().await,
            pause => tokio::time::sleep(pause).await,
        }
    }
}

/// Does what it is told.
async fn obey(fleet: Fleet, limiter: &RateLimiter, load: &Cell<Load>) {
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("status", _) => say(&status(&fleet, limiter)),
            ("load", value) => load.set(Load::read(value)),
            ("hold", value) => {
                limiter.hold(Duration::from_millis(value.parse().expect("milliseconds")));
                say("held");
            }
            ("fail", _) => {
                while let Ok(permit) = BREAKER.try_enter() {
                    permit.failure();
                }
                say("failed");
            }
            ("succeed", _) => {
                if let Ok(permit) = BREAKER.try_enter() {
                    permit.success();
                }
            }
            ("leave", _) => {
                load.set(Load::Idle);
                fleet.leave().await;
                return say("left");
            }
            _ => panic!("{line}"),
        }
    }
}

fn status(fleet: &Fleet, limiter: &RateLimiter) -> String {
    let status = fleet.status();
    let failure = status.failure;
    let failure = failure.map_or("none".to_owned(), |failure| format!("{failure:?}"));
    format!(
        "status joined={} members={} share={} exchanges={} failures={} lost={} failure={failure} held={} \
         breaker={:?}",
        status.joined,
        status.members,
        status.parts[0].share.unwrap_or_default(),
        status.exchanges,
        status.failures,
        status.lost_leases,
        limiter.held_for().unwrap_or_default().as_millis(),
        BREAKER.state(),
    )
}

/// Reads standard input in a thread of its own.
fn lines() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    thread::spawn(move || {
        for line in stdin().lock().lines() {
            let sent = line.is_ok_and(|line| sender.send(line).is_ok());
            if !sent {
                break;
            }
        }
    });
    lines
}

/// Writes a line at once: a process that is killed has said what it did.
fn say(line: &str) {
    let mut stdout = stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// Returns the monotonic time, in nanoseconds.
fn now() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}
