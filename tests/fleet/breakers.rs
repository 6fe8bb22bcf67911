//! Real processes that share a breaker over a real Redis, which dies and comes back.

use std::thread;
use std::time::Duration;

use support::Redis;

use crate::members::{Choices, Process, Status};

#[track_caller]
fn all_are(processes: &mut [Process], state: &str) {
    for process in processes {
        process.becomes(state, |status| status.breaker == state);
    }
}

/// Calls in every process until all breakers are closed.
#[track_caller]
fn all_close(processes: &mut [Process]) {
    for at in 0..processes.len() {
        loop {
            processes
                .iter_mut()
                .for_each(|process| process.tell("succeed"));
            if processes[at].status().breaker == "Closed" {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Starts processes, and lets the store learn that they are all.
fn start(redis: &Redis) -> Vec<Process> {
    let processes = Choices::of(redis.url()).with_breaker().start_all();
    thread::sleep(Duration::from_secs(1));
    processes
}

#[test]
fn breakers_open_and_close_together() {
    let Some(redis) = Redis::start() else { return };
    let mut processes = start(&redis);
    all_are(&mut processes, "Closed");
    for round in 0..2 {
        processes[round].tell("fail");
        all_are(&mut processes, "Open");
        all_close(&mut processes);
    }
}

#[test]
fn breakers_decide_alone_while_redis_is_away() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let mut processes = start(&redis);
    processes[0].tell("fail");
    all_are(&mut processes, "Open");
    redis.down();
    all_close(&mut processes);
    for process in &mut processes {
        process.becomes("alone", Status::is_alone);
    }
    processes[0].tell("fail");
    processes[0].becomes("open", |status| status.breaker == "Open");
    for process in &mut processes[1..] {
        assert_eq!(process.status().breaker, "Closed");
    }
    redis.up();
    for process in &mut processes {
        process.becomes("joined again", Status::is_joined);
    }
    all_close(&mut processes);
    thread::sleep(Duration::from_secs(1));
    processes[2].tell("fail");
    all_are(&mut processes, "Open");
}

#[test]
fn a_process_that_hangs_follows_when_it_goes_on() {
    let Some(redis) = Redis::start() else { return };
    let mut processes = start(&redis);
    processes[0].freeze();
    processes[1].tell("fail");
    all_are(&mut processes[1..], "Open");
    all_close(&mut processes[1..]);
    processes[0].thaw();
    processes[0].becomes("joined again", Status::is_joined);
    all_are(&mut processes, "Closed");
    processes[0].tell("fail");
    all_are(&mut processes, "Open");
    all_close(&mut processes);
}
