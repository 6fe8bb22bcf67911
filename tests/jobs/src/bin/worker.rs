//! A worker, to be killed: `worker FORM QUEUE LEDGER CLOSES_AFTER`.

use std::path::Path;
use std::time::Duration;
use std::{env, process};

use apalis::prelude::*;
use jobs::again::send_or_schedule;
use jobs::ledger::Ledger;
use jobs::mail::{policy, send, send_or_abort};
use jobs::office::Office;
use jobs::queue;
use persevere::tower::RetryLayer;

/// Four jobs at a time.
///
/// The limit stands around the policy. A worker makes its service ready before it has a job, and so holds a
/// place while it waits for one: inside the policy that place would be missing to the next attempt.
macro_rules! builder {
    ($storage:expr, $office:expr) => {
        WorkerBuilder::new(format!("worker-{}", process::id()).as_str())
            .backend($storage.poll_with_interval(Duration::from_millis(50)))
            .data($office)
            .concurrency(4)
    };
}

macro_rules! work {
    ($storage:expr, $form:expr, $office:expr) => {{
        let worker = builder!($storage, $office);
        match $form {
            "layer" => {
                worker
                    .layer(RetryLayer::new(policy()))
                    .build(send)
                    .run()
                    .await
            }
            "inside" => worker.build(send_or_abort).run().await,
            other => panic!("no such form: {other}"),
        }
    }};
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [form, queue, ledger, closes_after] = &arguments[..] else {
        panic!("worker FORM QUEUE LEDGER CLOSES_AFTER")
    };
    let office = Office::new(Ledger::open(Path::new(ledger)).await);
    let office = office.closes_after(closes_after.parse().expect("a number"));
    let form = form.as_str();
    let ended = match queue.split(':').next() {
        Some("sqlite") if form == "again" => {
            let storage = queue::sqlite(queue).await;
            let worker = builder!(storage.clone(), office).data(storage);
            worker.build(send_or_schedule).run().await
        }
        Some("sqlite") => work!(queue::sqlite(queue).await, form, office),
        Some("postgresql") => work!(queue::postgres(queue).await, form, office),
        Some("redis") => work!(queue::redis(queue).await, form, office),
        _ => panic!("no such queue: {queue}"),
    };
    ended.expect("a worker that works");
}
