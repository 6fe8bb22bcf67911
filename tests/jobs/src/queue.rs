//! The queue, in each of the storages.

use std::time::Duration;

use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_sqlite::{SqlitePool, SqliteStorage};

use crate::mail::Mail;

/// A worker that was not seen for a second is dead: others do its jobs.
const HEARTBEAT: Duration = Duration::from_secs(1);

pub async fn sqlite(url: &str) -> SqliteStorage<Mail> {
    let pool = SqlitePool::connect(url).await.expect("SQLite");
    SqliteStorage::setup(&pool).await.expect("tables");
    SqliteStorage::new(&pool).with_config(
        apalis_sqlite::Config::default()
            .queue("mail")
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(1),
    )
}

/// Enqueues mail of which no storage makes attempts of its own: the policy has the last word.
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
