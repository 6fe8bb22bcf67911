//! A queue of a test's own.

use std::collections::BTreeMap;

use apalis_postgres::PostgresStorage;
use apalis_redis::RedisStorage;
use apalis_sqlite::SqliteStorage;
use jobs::mail::Mail;
use jobs::queue;
use redis::AsyncCommands;
use support::{Postgres, Redis, Scratch};

/// The number of mails in each status: that of their last job.
pub type Statuses = BTreeMap<String, i64>;

pub fn statuses(of: &[(&str, i64)]) -> Statuses {
    let of = of.iter().map(|&(status, mails)| (status.to_owned(), mails));
    of.collect()
}

pub enum Storage {
    Sqlite(SqliteStorage<Mail>, Scratch),
    Postgres(PostgresStorage<Mail>, Postgres),
    Redis(RedisStorage<Mail>, Redis),
}

impl Storage {
    pub async fn sqlite() -> Self {
        let scratch = Scratch::new("queue");
        Storage::Sqlite(queue::sqlite(&sqlite_url(&scratch)).await, scratch)
    }

    /// `None`, and says so, where PostgreSQL is not installed.
    pub async fn postgres() -> Option<Self> {
        let server = Postgres::start()?;
        let storage = queue::postgres(&server.url()).await;
        Some(Storage::Postgres(storage, server))
    }

    /// `None`, and says so, where Redis is not installed.
    pub async fn redis() -> Option<Self> {
        let server = Redis::start()?;
        let storage = queue::redis(&server.url()).await;
        Some(Storage::Redis(storage, server))
    }

    pub fn url(&self) -> String {
        match self {
            Storage::Sqlite(_, scratch) => sqlite_url(scratch),
            Storage::Postgres(_, server) => server.url(),
            Storage::Redis(_, server) => server.url(),
        }
    }

    pub async fn push(&mut self, mails: impl IntoIterator<Item = Mail>) {
        match self {
            Storage::Sqlite(storage, _) => queue::push(storage, mails).await,
            Storage::Postgres(storage, _) => queue::push(storage, mails).await,
            Storage::Redis(storage, _) => queue::push(storage, mails).await,
        }
    }

    pub async fn statuses(&mut self) -> Statuses {
        let rows: Vec<(String, i64)> = match self {
            Storage::Sqlite(storage, _) => {
                let rows = sqlx::query_as(
                    "WITH mails AS (SELECT status, json(CAST(job AS TEXT)) AS mail FROM Jobs), last AS ( \
                         SELECT status, max(mail ->> 'attempt') FROM mails GROUP BY mail ->> 'number' \
                     ) SELECT status, count(*) FROM last GROUP BY status",
                );
                rows.fetch_all(storage.pool()).await.unwrap()
            }
            Storage::Postgres(storage, _) => {
                let rows = "SELECT status, count(*) FROM apalis.jobs GROUP BY status";
                let rows = sqlx::query_as(rows).fetch_all(storage.pool()).await;
                rows.unwrap()
            }
            Storage::Redis(storage, _) => {
                let redis = storage.get_connection();
                let jobs: Vec<String> = redis.hkeys("mail:data").await.unwrap();
                let mut statuses = Vec::new();
                for job in jobs {
                    let status = redis.hget(format!("mail:meta:{job}"), "status").await;
                    statuses.push((status.unwrap(), 1));
                }
                statuses
            }
        };
        let mut statuses = Statuses::new();
        for (status, mails) in rows {
            *statuses.entry(status).or_default() += mails;
        }
        statuses
    }
}

fn sqlite_url(scratch: &Scratch) -> String {
    let path = scratch.path().join("jobs.db");
    format!("sqlite://{}?mode=rwc", path.display())
}
