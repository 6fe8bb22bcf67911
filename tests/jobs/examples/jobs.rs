//! Background jobs of apalis, in a SQLite file, retried by a policy.
//!
//! ```text
//! cargo run --manifest-path tests/jobs/Cargo.toml --example jobs
//! ```

use std::error::Error;
use std::sync::Mutex;
use std::time::Duration;
use std::{env, fs, io, process};

use apalis::prelude::*;
use apalis_sqlite::{Config, SqlitePool, SqliteStorage};
use persevere::tower::RetryLayer;
use persevere::{RetryPolicy, RetryState, stop, wait, when};

/// A mail server that is busy at first, then takes the mail; where there is an address.
async fn send_mail(to: String, attempt: Attempt) -> Result<(), BoxDynError> {
    println!("  attempt {} of the mail to {to}", attempt.current());
    match (to.as_str(), attempt.current()) {
        ("nobody", _) => Err("there is no such address".into()),
        ("eve", _) | (_, ..=2) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        _ => Ok(()),
    }
}

fn will_pause(state: &RetryState<'_, Result<(), BoxDynError>>) {
    if let Some(error) = state.err() {
        println!("    {error}: again");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = env::temp_dir().join(format!("persevere-jobs-{}", process::id()));
    fs::create_dir_all(&directory)?;
    let file = directory.join("jobs.db");
    let pool = SqlitePool::connect(&format!("sqlite://{}?mode=rwc", file.display())).await?;
    SqliteStorage::setup(&pool).await?;
    let mut storage = SqliteStorage::new(&pool).with_config(Config::default().queue("mail"));

    let addresses = ["ada", "eve", "nobody"];
    for to in addresses {
        // The policy says how many attempts there are, and the storage makes none of its own.
        let job = TaskBuilder::new(to.to_owned()).max_attempts(1).build();
        storage.push_task(job).await?;
    }

    let policy = RetryPolicy::new() //                                      Celery:
        .when(when::err_is::<io::Error>().in_dyn_error()) //                       autoretry_for
        .stop(stop::after_attempt(4)) //                                    max_retries=3
        .wait(
            wait::exponential(Duration::from_millis(100)) //                retry_backoff
                .max(Duration::from_secs(1)) //                             retry_backoff_max
                .full_jitter(), //                                          retry_jitter
        )
        .before_sleep(will_pause);

    println!("a worker does {} jobs", addresses.len());
    let left = Mutex::new(addresses.len());
    let worker = WorkerBuilder::new("mail")
        .backend(storage)
        .concurrency(4) // around the policy
        .layer(RetryLayer::new(policy))
        .on_event(move |worker, event| {
            if let Event::Success(_) | Event::Error(_) = event {
                let mut left = left.lock().expect("no one panics");
                *left -= 1;
                if *left == 0 {
                    worker.stop().expect("it runs");
                }
            }
        });
    worker.build(send_mail).run().await?;

    println!("what the storage says");
    let jobs = sqlx::query_as("SELECT CAST(job AS TEXT), status, attempts FROM Jobs ORDER BY 1");
    let jobs: Vec<(String, String, u32)> = jobs.fetch_all(&pool).await?;
    for (to, status, attempts) in jobs {
        println!("  {to}: {status} after {attempts}");
    }
    pool.close().await;
    Ok(fs::remove_dir_all(directory)?)
}
