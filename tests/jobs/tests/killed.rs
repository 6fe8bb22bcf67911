//! A worker that is killed in the middle: no job is lost, and none is done twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use jobs::ledger::Ledger;
use jobs::mail::Mail;
use jobs::queue;
use redis::AsyncCommands;
use servers::{Postgres, Redis, Scratch};

const MAILS: u32 = 20;
const ALL: i64 = MAILS as i64;

/// How many jobs the storage has in each status.
type Statuses = BTreeMap<String, i64>;

/// A worker in a process of its own.
struct Worker(Child);

impl Worker {
    fn start(form: &str, queue: &str, ledger: &Path, closes_after: u32) -> Self {
        let mut worker = Command::new(env!("CARGO_BIN_EXE_worker"));
        worker.args([form, queue]).arg(ledger);
        let worker = worker.arg(closes_after.to_string());
        Worker(worker.spawn().expect("a worker"))
    }

    /// With SIGKILL.
    fn kill(mut self) {
        self.0.kill().expect("it is alive until now");
        self.0.wait().expect("its end");
    }

    /// Waits for something that the worker brings about.
    async fn until(&mut self, what: &str, mut there: impl AsyncFnMut() -> bool) {
        // What never comes is a failure, and not a test that hangs.
        let patience = Instant::now() + Duration::from_secs(60);
        while !there().await {
            assert_eq!(self.0.try_wait().unwrap(), None, "the worker ended: {what}");
            assert!(Instant::now() < patience, "it never came: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Kills a worker in the middle of the mail that is in `queue`, and lets another do the rest.
async fn killed_in_the_middle(
    form: &str,
    queue: &str,
    scratch: &Scratch,
    statuses: impl AsyncFn() -> Statuses,
) {
    let path = scratch.path().join("ledger.db");
    let ledger = Ledger::open(&path).await;
    assert_eq!(statuses().await.values().sum::<i64>(), ALL);

    let mut first = Worker::start(form, queue, &path, 8);
    let middle = async || ledger.hanging().await == 4;
    first.until("four attempts that hang", middle).await;
    first.kill();
    let sent = ledger.sent().await;
    assert!((8..MAILS).contains(&sent), "{sent} were sent");
    let left = statuses().await;
    assert_eq!(left.values().sum::<i64>(), ALL, "{left:?}");

    let mut second = Worker::start(form, queue, &path, u32::MAX);
    let done = Statuses::from([("Done".to_owned(), ALL)]);
    let end = async || statuses().await == done;
    second.until("every job done", end).await;
    drop(second);
    assert_eq!(ledger.sent().await, MAILS);
    for mail in 0..MAILS {
        // Two that fail and one that does not; one more where the third was cut, or not heard of.
        let attempts = ledger.attempts(mail).await;
        assert!((3..=4).contains(&attempts), "{attempts} of mail {mail}");
    }
}

fn mails() -> impl Iterator<Item = Mail> {
    (0..MAILS).map(|number| Mail::new(number, "ada"))
}

async fn on_sqlite(form: &str) {
    let scratch = Scratch::new("jobs");
    let url = format!(
        "sqlite://{}?mode=rwc",
        scratch.path().join("jobs.db").display()
    );
    let mut storage = queue::sqlite(&url).await;
    queue::push(&mut storage, mails()).await;
    let pool = storage.pool().clone();
    let statuses = async || {
        let rows = sqlx::query_as("SELECT status, count(*) FROM Jobs GROUP BY status");
        let rows: Vec<(String, i64)> = rows.fetch_all(&pool).await.unwrap();
        rows.into_iter().collect()
    };
    killed_in_the_middle(form, &url, &scratch, statuses).await;
}

async fn on_postgres(form: &str) {
    let Some(server) = Postgres::start() else {
        return;
    };
    let scratch = Scratch::new("jobs");
    let mut storage = queue::postgres(&server.url()).await;
    queue::push(&mut storage, mails()).await;
    let pool = storage.pool().clone();
    let statuses = async || {
        let rows = sqlx::query_as("SELECT status, count(*) FROM apalis.jobs GROUP BY status");
        let rows: Vec<(String, i64)> = rows.fetch_all(&pool).await.unwrap();
        rows.into_iter().collect()
    };
    killed_in_the_middle(form, &server.url(), &scratch, statuses).await;
}

async fn on_redis(form: &str) {
    let Some(server) = Redis::start() else { return };
    let scratch = Scratch::new("jobs");
    let mut storage = queue::redis(&server.url()).await;
    queue::push(&mut storage, mails()).await;
    let connection = storage.get_connection().clone();
    let statuses = async || {
        let mut redis = connection.clone();
        let jobs: Vec<String> = redis.hkeys("mail:data").await.unwrap();
        let mut statuses = Statuses::new();
        for job in jobs {
            let status = redis.hget(format!("mail:meta:{job}"), "status").await;
            *statuses.entry(status.unwrap()).or_default() += 1;
        }
        statuses
    };
    killed_in_the_middle(form, &server.url(), &scratch, statuses).await;
}

#[tokio::test]
async fn a_layer_on_sqlite() {
    on_sqlite("layer").await;
}

#[tokio::test]
async fn a_policy_of_tower_on_sqlite() {
    on_sqlite("tower").await;
}

#[tokio::test]
async fn a_policy_inside_a_job_on_sqlite() {
    on_sqlite("inside").await;
}

#[tokio::test]
async fn a_layer_on_postgres() {
    on_postgres("layer").await;
}

#[tokio::test]
async fn a_layer_on_redis() {
    on_redis("layer").await;
}
