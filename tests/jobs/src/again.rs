//! A job that is scheduled again: its pause is in the storage, takes no place and outlives the worker.

use std::time::Duration;

use apalis::prelude::{AbortError, BoxDynError, Data, TaskBuilder, TaskSink};
use apalis_sqlite::SqliteStorage;
use persevere::{Policy, Predicate};

use crate::mail::{Mail, policy, refusals};
use crate::office::Office;

/// One attempt; the next is a job of its own, as Celery's retries are.
pub async fn send_or_schedule(
    mail: Mail,
    office: Data<Office>,
    queue: Data<SqliteStorage<Mail>>,
) -> Result<(), BoxDynError> {
    let sent = office.deliver(&mail).await;
    if refusals().verdict(&sent).is_retry()
        && let Ok(pause) = policy().resume(mail.attempt, Duration::ZERO)
    {
        return schedule(mail.again(), pause, SqliteStorage::clone(&queue)).await;
    }
    sent.map_err(|error| AbortError::new(error).into())
}

/// In whole seconds, as apalis has them. The key is for a worker that dies before it says that it is done
/// with the attempt before: that one is made again, and schedules nothing new.
async fn schedule(
    mail: Mail,
    pause: Duration,
    mut queue: SqliteStorage<Mail>,
) -> Result<(), BoxDynError> {
    let key = format!("mail {}, attempt {}", mail.number, mail.attempt);
    let next = TaskBuilder::new(mail).run_after(pause).idempotency_key(key);
    Ok(queue.push_task(next.build()).await?)
}
