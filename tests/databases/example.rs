//! Databases in trouble, and functions that live through it: SQLite always, PostgreSQL and Redis where their
//! servers are installed; each is started here, and goes with the program.
//!
//! ```text
//! cargo run -p persevere-database-tests --example databases
//! ```

use std::error::Error;
use std::fmt::Display;
use std::thread;
use std::time::Duration;

use persevere::{Outcome, RetryState, retry};
use redis::AsyncCommands;
use rusqlite::{Connection, TransactionBehavior};
use support::{Postgres, Redis, Scratch};
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls};

fn tell<O: Outcome<Error: Display>>(state: &RetryState<'_, O>) {
    if let (Some(error), Some(pause)) = (state.err(), state.pause()) {
        println!(
            "  attempt {}: {error}; again in {pause:.0?}",
            state.attempt()
        );
    }
}

/// The whole transaction is the attempt: what it read is read anew.
#[retry(stop = after_delay(5s), wait = exponential(20ms).max(200ms), when = transient(), before_sleep = tell)]
fn withdraw(accounts: &mut Connection, amount: i64) -> rusqlite::Result<i64> {
    let transaction = accounts.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let balance: i64 =
        transaction.query_row("select balance from account", [], |row| row.get(0))?;
    transaction.execute("update account set balance = ?1", [balance - amount])?;
    transaction.commit()?;
    Ok(balance - amount)
}

fn sqlite() -> Result<(), Box<dyn Error>> {
    println!("SQLite: another connection holds the lock for 100 ms");
    let scratch = Scratch::new("example");
    let file = scratch.path().join("accounts.db");
    let mut accounts = Connection::open(&file)?;
    accounts.busy_timeout(Duration::ZERO)?;
    accounts.execute_batch("create table account (balance); insert into account values (100)")?;
    let other = Connection::open(&file)?;
    other.execute_batch("begin exclusive")?;
    let release = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        other.execute_batch("commit")
    });
    println!("  balance {}", withdraw(&mut accounts, 30)?);
    release.join().expect("no panic")?;
    Ok(())
}

/// One connection, made anew where it is broken; a pool does the same when it is asked in each attempt.
struct Catalog {
    url: String,
    client: Mutex<Option<Client>>,
}

impl Catalog {
    /// One statement is a transaction of its own.
    #[retry(stop = after_delay(10s), wait = exponential(20ms).max(200ms), when = transient(), before_sleep = tell)]
    async fn count(&self) -> Result<i64, tokio_postgres::Error> {
        let mut slot = self.client.lock().await;
        let client = match slot.take().filter(|client| !client.is_closed()) {
            Some(client) => slot.insert(client),
            None => {
                let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await?;
                tokio::spawn(connection);
                slot.insert(client)
            }
        };
        Ok(client
            .query_one("select count(*) from pg_database", &[])
            .await?
            .get(0))
    }
}

async fn postgres() -> Result<(), Box<dyn Error>> {
    println!("PostgreSQL: its administrator stops it, and starts it again");
    let Some(server) = Postgres::start() else {
        return Ok(());
    };
    let catalog = Catalog {
        url: server.url(),
        client: Mutex::default(),
    };
    println!("  {} databases", catalog.count().await?);
    server.down();
    let (count, up) = tokio::join!(
        catalog.count(),
        tokio::task::spawn_blocking(move || {
            thread::sleep(Duration::from_millis(100));
            server.up();
            server
        }),
    );
    println!("  {} databases", count?);
    drop(up?);
    Ok(())
}

/// Counting twice is no harm here; where it is, `when = unsent()`.
#[retry(stop = after_delay(10s), wait = exponential(20ms).max(200ms), when = transient(), before_sleep = tell)]
async fn visit(client: &redis::Client) -> redis::RedisResult<i64> {
    let mut connection = client.get_multiplexed_async_connection().await?;
    connection.incr("visits", 1).await
}

async fn redis() -> Result<(), Box<dyn Error>> {
    println!("Redis: it is killed, and started again");
    let Some(mut server) = Redis::start() else {
        return Ok(());
    };
    let client = redis::Client::open(server.url())?;
    println!("  visit {}", visit(&client).await?);
    server.down();
    let (visits, up) = tokio::join!(
        visit(&client),
        tokio::task::spawn_blocking(move || {
            thread::sleep(Duration::from_millis(100));
            server.up();
            server
        }),
    );
    println!("  visit {}: it holds everything in memory", visits?);
    drop(up?);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    sqlite()?;
    postgres().await?;
    redis().await
}
