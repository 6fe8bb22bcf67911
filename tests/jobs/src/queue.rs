//! The queue, in each of the storages.

use std::time::Duration;

use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_redis::RedisStorage;
use apalis_sqlite::{SqlitePool, SqliteStorage};

use crate::mail::Mail;

/// A worker that was not seen for a second is dead, and others do its jobs.
macro_rules! config {
    ($storage:ident) => {
        $storage::Config::default()
            .queue("mail")
            .heartbeat_interval(Duration::from_secs(1))
            .missed_heartbeats(1)
    };
}

pub async fn sqlite(url: &str) -> SqliteStorage<Mail> {
    let pool = SqlitePool::connect(url).await.expect("SQLite");
    SqliteStorage::setup(&pool).await.expect("tables");
    SqliteStorage::new(&pool).with_config(config!(apalis_sqlite))
}

pub async fn postgres(url: &str) -> PostgresStorage<Mail> {
    let pool = PgPool::connect(url).await.expect("PostgreSQL");
    PostgresStorage::setup(&pool).await.expect("tables");
    PostgresStorage::new(&pool).with_config(config!(apalis_postgres))
}

pub async fn redis(url: &str) -> RedisStorage<Mail> {
    let connection = apalis_redis::connect(url).await.expect("Redis");
    RedisStorage::new(connection).with_config(config!(apalis_redis))
}

/// Enqueues mail of which a storage makes no attempts of its own once a worker gave up.
pub async fn push<S, K>(storage: &mut S, mails: impl IntoIterator<Item = Mail>)
where
    S: TaskSink<Mail, K>,
{
    for mail in mails {
        let task = TaskBuilder::new(mail).max_attempts(1).build();
        let pushed = storage.push_task(task).await;
        pushed.unwrap_or_else(|_| panic!("a task is enqueued"));
    }
}
