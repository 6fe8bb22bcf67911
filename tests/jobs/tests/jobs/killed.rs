//! A worker that is killed in the middle: no job is lost, and no mail is sent twice.

use jobs::ledger::Ledger;
use jobs::mail::Mail;
use support::Scratch;

use crate::storage::{Storage, statuses};
use crate::worker::Worker;

const MAILS: u32 = 20;
const ALL: i64 = MAILS as i64;

async fn killed_in_the_middle(form: &str, mut storage: Storage) {
    let mails = (0..MAILS).map(|number| Mail::new(number, "ada"));
    storage.push(mails).await;
    let scratch = Scratch::new("ledger");
    let path = scratch.path().join("ledger.db");
    let ledger = Ledger::open(&path).await;

    let mut first = Worker::start(form, &storage.url(), &path, 8);
    let middle = async || ledger.hanging().await == 4;
    first.until("four attempts that hang", middle).await;
    first.kill();
    let sent = ledger.sent().await;
    assert!((8..MAILS).contains(&sent), "{sent} were sent");
    let left = storage.statuses().await;
    assert_eq!(left.values().sum::<i64>(), ALL, "{left:?}");
    assert!(left.get("Done") < Some(&ALL), "{left:?}");

    let mut second = Worker::start(form, &storage.url(), &path, u32::MAX);
    let end = async || storage.statuses().await == statuses(&[("Done", ALL)]);
    second.until("every mail done", end).await;
    assert_eq!(ledger.sent().await, MAILS);
    for mail in 0..MAILS {
        // Two that fail and one that does not; one more where the third was cut, or not heard of.
        let attempts = ledger.attempts(mail).await;
        assert!((3..=4).contains(&attempts), "{attempts} of mail {mail}");
    }
}

#[tokio::test]
async fn a_layer_on_sqlite() {
    killed_in_the_middle("layer", Storage::sqlite().await).await;
}

#[tokio::test]
async fn a_policy_inside_the_job_on_sqlite() {
    killed_in_the_middle("inside", Storage::sqlite().await).await;
}

#[tokio::test]
async fn jobs_that_are_scheduled_again_on_sqlite() {
    killed_in_the_middle("again", Storage::sqlite().await).await;
}

#[tokio::test]
async fn a_layer_on_postgres() {
    if let Some(storage) = Storage::postgres().await {
        killed_in_the_middle("layer", storage).await;
    }
}

#[tokio::test]
async fn a_layer_on_redis() {
    if let Some(storage) = Storage::redis().await {
        killed_in_the_middle("layer", storage).await;
    }
}
