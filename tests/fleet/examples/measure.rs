//! The cost of a fleet for Redis, and the time after which a hold of one member is kept by another.
//!
//! `cargo run -p persevere-fleet-tests --example measure`

use std::sync::Arc;
use std::time::{Duration, Instant};

use persevere::RateLimiter;
use persevere::fleet::engine::Script;
use persevere::fleet::{Fleet, FleetError};
use persevere::rate_limiter::{SECOND, Settings};
use redis::{Client, Connection, RedisResult, cmd};
use support::Redis;

const MEMBERS: u32 = 4;
const PARTS: [&str; 4] = ["one", "two", "three", "four"];

fn limiter(name: &'static str) -> Arc<RateLimiter> {
    let settings = Settings::new(name).rate(100, SECOND).burst(10);
    Arc::new(settings.build().expect("a limiter"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(redis) = Redis::start() else {
        return Ok(());
    };
    println!("{}, an exchange each 250 ms", redis.version());
    for parts in [1, PARTS.len()] {
        exchanges(&redis, &PARTS[..parts]).await?;
    }
    for members in [10, 1_000, 10_000] {
        script(&redis, members)?;
    }
    propagation(&redis).await?;
    Ok(())
}

/// Counts what members send and receive.
async fn exchanges(
    redis: &Redis,
    parts: &[&'static str],
) -> Result<(), Box<dyn std::error::Error>> {
    let mut fleets = Vec::new();
    for _ in 0..MEMBERS {
        let mut fleet = Fleet::connect(redis.url())
            .namespace("shop")
            .members(MEMBERS);
        for part in parts {
            fleet = fleet.join(limiter(part));
        }
        fleets.push(fleet.start().await?);
    }
    let mut connection = Client::open(redis.url())?.get_connection()?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = Counts::read(&mut connection)?;
    let time = Duration::from_secs(10);
    tokio::time::sleep(time).await;
    let after = Counts::read(&mut connection)?;
    let each = f64::from(MEMBERS) * parts.len() as f64 * time.as_secs_f64();
    let rate = |counted: fn(&Counts) -> f64| (counted(&after) - counted(&before)) / each;
    println!(
        "{} part(s) of {MEMBERS} members: each {:.2} scripts, {:.0} bytes in, {:.0} bytes out a second; {:.0} µs a script",
        parts.len(),
        rate(|counts| counts.scripts),
        rate(|counts| counts.input),
        rate(|counts| counts.output),
        (after.micros - before.micros) / (after.scripts - before.scripts),
    );
    Ok(())
}

/// The totals of a server.
struct Counts {
    scripts: f64,
    micros: f64,
    input: f64,
    output: f64,
}

impl Counts {
    fn read(connection: &mut Connection) -> RedisResult<Self> {
        let info: String = cmd("INFO").arg("everything").query(connection)?;
        let number = |key: &str, ends: char| {
            let after = info.split(key).nth(1).unwrap_or_default();
            let text = after.split([ends, ',', '\r']).next().unwrap_or_default();
            text.parse().unwrap_or(0.0)
        };
        let scripts = info.split("cmdstat_evalsha:").nth(1).unwrap_or_default();
        let of_scripts = |key: &str| {
            let text = scripts.split(key).nth(1).unwrap_or_default();
            let text = text.split(',').next().unwrap_or_default();
            text.parse().unwrap_or(0.0)
        };
        Ok(Counts {
            scripts: of_scripts("calls="),
            micros: of_scripts("usec="),
            input: number("total_net_input_bytes:", '\r'),
            output: number("total_net_output_bytes:", '\r'),
        })
    }
}

/// Measures the script of a part that so many members share, and that which makes its sums again.
fn script(redis: &Redis, members: u64) -> RedisResult<()> {
    let mut connection = Client::open(redis.url())?.get_connection()?;
    let connection = &mut connection;
    let () = cmd("DEL").arg(KEY).query(connection)?;
    for member in 0..members {
        ask(connection, member, 1)?;
    }
    let mut times = Vec::new();
    for turn in 2..1_002 {
        times.push(ask(connection, turn % members, turn)?);
    }
    times.sort();
    let () = cmd("HSET").arg(&[KEY, "summed", "1"]).query(connection)?;
    let sums = ask(connection, 0, 2_000)?;
    let () = cmd("HSET").arg(&[KEY, "last", "1"]).query(connection)?;
    let renewed = ask(connection, 0, 2_001)?;
    println!(
        "{members} members: {:?} a question and its answer, {sums:?} with new sums, {renewed:?} with all renewed",
        times[times.len() / 2]
    );
    Ok(())
}

const KEY: &str = "measure:{rate_limiter:script}";

/// Asks for a member, and returns the time until the answer.
///
/// The lease is so long that sums are made again when the measurement wants it.
fn ask(connection: &mut Connection, member: u64, turn: u64) -> RedisResult<Duration> {
    let script = redis::Script::new(Script::Share.source());
    let mut script = script.prepare_invoke();
    script.key(KEY).arg(format!("{member:016x}"));
    script.arg(&[3_600_000, turn, 1_000_000, 100, 100, 500, 0, 0]);
    let began = Instant::now();
    let _: Vec<u64> = script.invoke(connection)?;
    Ok(began.elapsed())
}

/// Holds a limiter, and waits until another member of its fleet holds its own.
async fn propagation(redis: &Redis) -> Result<(), FleetError> {
    let pairs = (0..10).map(|pair| {
        let url = redis.url();
        tokio::spawn(async move {
            let namespace = format!("pair-{pair}");
            let (one, other) = (limiter("github"), limiter("github"));
            let start = |limiter: &Arc<RateLimiter>| {
                let fleet = Fleet::connect(&*url).namespace(&namespace).members(2);
                fleet.join(Arc::clone(limiter)).start()
            };
            let _fleets = (start(&one).await?, start(&other).await?);
            let mut times = Vec::new();
            for sample in 0..10 {
                // Not in step with the exchanges.
                tokio::time::sleep(Duration::from_millis(1_500 + sample * 37 + pair * 11)).await;
                let began = Instant::now();
                one.hold(Duration::from_millis(1_200));
                while other.held_for().is_none() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                times.push(began.elapsed());
            }
            Ok::<_, FleetError>(times)
        })
    });
    let mut times = Vec::new();
    for pair in pairs.collect::<Vec<_>>() {
        times.extend(pair.await.expect("a pair")?);
    }
    times.sort();
    println!(
        "{} holds reached another member after {:?} (p50), {:?} (p99), {:?} at most",
        times.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1],
    );
    Ok(())
}
