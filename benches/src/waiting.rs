//! Resident bytes of a task that waits for its first retry.

use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use tokio::runtime::Builder;

use crate::contender::Contender;
use crate::service::Service;

const TASKS: u64 = 100_000;
const FAILURES: u32 = 1_000_000;

/// In a process of its own: spawns the tasks and prints the bytes that each of them takes.
pub fn run(contender: Option<&Contender>) {
    static SERVICE: Service = Service::failing(FAILURES);
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let spawn = || match contender {
            Some(contender) => drop(contender.waiting.expect("a task")(&SERVICE)),
            None => drop(tokio::spawn(tokio::time::sleep(Duration::from_secs(3600)))),
        };
        // What the first tasks make the runtime and the allocator set up.
        (0..1000).for_each(|_| spawn());
        tokio::task::yield_now().await;
        let before = resident();
        (0..TASKS).for_each(|_| spawn());
        // Every task runs once before this one is polled again.
        tokio::task::yield_now().await;
        println!("{}", (resident() - before) / TASKS);
        std::process::exit(0);
    });
}

/// Bytes a task; the mean of a task that only sleeps for no contender.
pub fn measure(contender: Option<&Contender>) -> u64 {
    let name = contender.map_or("sleep", |contender| contender.name);
    let program = env::current_exe().expect("this program");
    let output = Command::new(program).args(["wait", name]).output();
    let output = output.expect("this program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().expect("a number of bytes")
}

/// Returns the resident set of this process.
pub fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/smaps_rollup").expect("a Linux machine");
    let line = status.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kib: u64 = line
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.trim().parse().ok())
        .expect("a number of kB");
    kib * 1024
}
