//! The policy says how many attempts there are, and the storage makes none of its own.

use jobs::ledger::Ledger;
use jobs::mail::Mail;
use support::Scratch;

use crate::storage::{Storage, statuses};
use crate::worker::Worker;

const FULL: u32 = 0;
const NOWHERE: u32 = 1;
const LATER: u32 = 2;

async fn has_the_last_word(form: &str, mut storage: Storage, given_up: &str) {
    storage
        .push([Mail::new(FULL, "full"), Mail::new(NOWHERE, "nowhere")])
        .await;
    let scratch = Scratch::new("ledger");
    let path = scratch.path().join("ledger.db");
    let ledger = Ledger::open(&path).await;
    let mut worker = Worker::start(form, &storage.url(), &path, u32::MAX);
    let end = async || storage.statuses().await == statuses(&[(given_up, 2)]);
    worker.until("both given up", end).await;

    // A storage that wanted another attempt would make it before this mail's.
    storage.push([Mail::new(LATER, "ada")]).await;
    let end = async || storage.statuses().await == statuses(&[(given_up, 2), ("Done", 1)]);
    worker.until("a mail after them", end).await;
    let attempts = [FULL, NOWHERE, LATER].map(|mail| ledger.attempts(mail));
    let [full, nowhere, later] = attempts;
    assert_eq!((full.await, nowhere.await, later.await), (4, 1, 3));
}

#[tokio::test]
async fn a_layer_on_sqlite() {
    has_the_last_word("layer", Storage::sqlite().await, "Failed").await;
}

#[tokio::test]
async fn a_policy_inside_the_job_on_sqlite() {
    has_the_last_word("inside", Storage::sqlite().await, "Killed").await;
}

#[tokio::test]
async fn jobs_that_are_scheduled_again_on_sqlite() {
    has_the_last_word("again", Storage::sqlite().await, "Killed").await;
}

#[tokio::test]
async fn a_layer_on_postgres() {
    if let Some(storage) = Storage::postgres().await {
        has_the_last_word("layer", storage, "Failed").await;
    }
}

/// There the layer has not: apalis schedules what failed again, whatever `max_attempts` says.
#[tokio::test]
async fn a_policy_inside_the_job_on_redis() {
    if let Some(storage) = Storage::redis().await {
        has_the_last_word("inside", storage, "Killed").await;
    }
}
