//! A blocking call that pauses in a task of a runtime: one warning a process, so each case is a process.

use std::env;
use std::future::Future;
use std::process::Command;
use std::thread;
use std::time::Duration;

use persevere::testing::{Scope, VirtualClock};
use persevere::{RetryPolicy, retry, wait};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{LocalSet, block_in_place, spawn_blocking};

const CASE: &str = "PERSEVERE_BLOCKED";

#[retry(wait = 1ms)]
fn read() -> Option<()> {
    None
}

#[retry(wait = none())]
fn at_once() -> Option<()> {
    None
}

#[retry(wait = 1ms, sleep = |_| ())]
fn on_a_sleeper_of_its_own() -> Option<()> {
    None
}

#[retry(policy = RetryPolicy::new().wait(wait::fixed(Duration::from_millis(1))))]
fn by_a_policy() -> Option<()> {
    None
}

#[retry(wait = 1ms)]
async fn asynchronous() -> Option<()> {
    None
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_time().build().unwrap()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// In a task of its own.
fn spawned(work: impl Future<Output = Option<()>> + Send + 'static) {
    let runtime = runtime();
    runtime.block_on(runtime.spawn(work)).unwrap();
}

/// The case, and the function that the warning names, if it is one to warn of.
type Case = (&'static str, fn(), Option<&'static str>);

const CASES: [Case; 15] = [
    (
        "a task",
        || spawned(async { read() }),
        Some("blocked::read"),
    ),
    (
        "a task, twice",
        || spawned(async { read().or(by_a_policy()) }),
        Some("blocked::read"),
    ),
    (
        "by a policy",
        || spawned(async { by_a_policy() }),
        Some("blocked::by_a_policy"),
    ),
    (
        "a policy",
        || {
            spawned(async {
                let policy = RetryPolicy::new()
                    .name("loads")
                    .wait(wait::fixed(Duration::from_millis(1)));
                policy.run(|| None)
            })
        },
        Some("loads"),
    ),
    (
        "the main task",
        || {
            runtime().block_on(async { read() });
        },
        Some("blocked::read"),
    ),
    (
        "one thread",
        || {
            current_thread().block_on(async { read() });
        },
        Some("blocked::read"),
    ),
    (
        "a local set",
        || {
            current_thread()
                .block_on(LocalSet::new().run_until(async {
                    tokio::task::spawn_local(async { read() }).await.unwrap()
                }));
        },
        Some("blocked::read"),
    ),
    (
        "spawn_blocking",
        || spawned(async { spawn_blocking(read).await.unwrap() }),
        None,
    ),
    (
        "block_in_place",
        || spawned(async { block_in_place(read) }),
        None,
    ),
    (
        "another thread",
        || {
            let runtime = runtime();
            let handle = runtime.handle().clone();
            thread::spawn(move || {
                let _entered = handle.enter();
                assert!(Handle::try_current().is_ok());
                read()
            })
            .join()
            .unwrap();
        },
        None,
    ),
    (
        "no runtime",
        || {
            read();
        },
        None,
    ),
    ("no pause", || spawned(async { at_once() }), None),
    (
        "its own sleeper",
        || spawned(async { on_a_sleeper_of_its_own() }),
        None,
    ),
    (
        "virtual time",
        || spawned(async { Scope::new().clock(&VirtualClock::new()).run(read) }),
        None,
    ),
    ("async", || spawned(asynchronous()), None),
];

#[test]
fn a_blocking_pause_in_a_task_is_warned_of_once() {
    if let Ok(name) = env::var(CASE) {
        let (_, run, _) = CASES.iter().find(|(case, ..)| *case == name).unwrap();
        return run();
    }
    for (name, _, warned) in CASES {
        let output = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "a_blocking_pause_in_a_task_is_warned_of_once",
                "--nocapture",
            ])
            .env(CASE, name)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{name}: {said}");
        let warnings: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("spawn_blocking"))
            .collect();
        match warned {
            Some(function) => {
                assert_eq!(warnings.len(), 1, "{name}: {said}");
                assert!(
                    warnings[0].starts_with(&format!("`{function}` blocks")),
                    "{name}: {said}"
                );
            }
            None => assert!(warnings.is_empty(), "{name}: {said}"),
        }
    }
}

/// Work that is not finished is not held up by being looked at.
#[tokio::test]
async fn a_task_that_is_looked_at_goes_on() {
    assert_eq!(read(), None);
    for _ in 0..1000 {
        tokio::task::coop::consume_budget().await;
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
}
