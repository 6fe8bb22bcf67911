//! Real processes that share a rate limiter over a real Redis, which dies, stops, forgets, and is failed over.
//!
//! In any window of time they take no more than the limiter lets one process take, whatever happens to Redis. What a
//! scenario allows beyond that is written there.

use std::thread;
use std::time::Duration;

use redis::{Client, Commands, Connection, cmd};
use support::{Redis, Sentinel};

use crate::members::{Choices, Cluster, Process, Proxy, Status, eventually};

/// The lease of the processes.
const LEASE: Duration = Duration::from_secs(1);

/// The time between two of their exchanges, in seconds.
const EVERY: f64 = 0.05;

fn connect(server: &Redis) -> Connection {
    let client = Client::open(server.url()).unwrap();
    client.get_connection().unwrap()
}

/// Lets processes run.
fn run(leases: f64) {
    thread::sleep(LEASE.mul_f64(leases));
}

#[track_caller]
fn check(choices: &Choices, processes: &[Process]) {
    let permits = processes.iter().flat_map(Process::permits);
    choices.bound().check(permits);
}

/// Checks processes whose store was failed over. What the old one gave last may not have been copied: for three
/// exchanges it can be given twice.
#[track_caller]
fn check_failed_over(choices: &Choices, processes: &[Process]) {
    let permits = processes.iter().flat_map(Process::permits);
    let bound = choices.bound();
    bound.and(3.0 * EVERY * bound.rate).check(permits);
}

#[track_caller]
fn all_join(processes: &mut [Process]) {
    for process in processes {
        process.becomes("joined again", Status::is_joined);
    }
}

#[track_caller]
fn all_are_alone(processes: &mut [Process]) {
    for process in processes {
        process.becomes("alone", Status::is_alone);
    }
}

#[test]
fn steady() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    for process in &mut processes {
        process.becomes("three members", |status| status.members == 3);
        process.takes(100);
        process.becomes("an even share", |status| (0.3..0.4).contains(&status.share));
    }
    check(&choices, &processes);
}

#[test]
fn the_share_of_an_idle_process_is_used_by_the_others() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    for idle in 0..3 {
        processes[idle].tell("load idle");
        eventually("larger shares", || {
            let busy = (0..3).filter(|process| *process != idle);
            busy.map(|process| processes[process].status().share)
                .sum::<f64>()
                > 0.8
        });
        processes[idle].tell("load busy");
        processes[idle].becomes("a share by its demand", |status| status.share > 0.25);
        processes[idle].takes(20);
    }
    check(&choices, &processes);
}

#[test]
fn redis_is_killed_and_starts_empty() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    run(0.5);
    redis.down();
    all_are_alone(&mut processes);
    processes.iter().for_each(|process| process.takes(20));
    redis.up();
    all_join(&mut processes);
    run(0.5);
    check(&choices, &processes);
}

#[test]
fn redis_is_stopped_for_longer_than_a_lease() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    run(0.5);
    redis.freeze();
    all_are_alone(&mut processes);
    processes.iter().for_each(|process| process.takes(10));
    redis.thaw();
    all_join(&mut processes);
    run(0.7);
    check(&choices, &processes);
}

#[test]
fn redis_is_emptied_under_load() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    processes[0].tell("load idle");
    let mut connection = connect(&redis);
    for _ in 0..8 {
        run(0.25);
        let () = cmd("FLUSHALL").query(&mut connection).unwrap();
    }
    for process in &mut processes {
        process.becomes("lost a lease", |status| status.lost > 0);
    }
    check(&choices, &processes);
}

/// Waits until a replica has what its primary has.
fn follows(replica: &mut Connection) {
    eventually("a replica that follows", || {
        let info: String = cmd("INFO").arg("replication").query(replica).unwrap();
        info.contains("master_link_status:up")
    });
}

#[test]
fn redis_is_failed_over_by_sentinel() {
    let Some(mut primary) = Redis::start() else {
        return;
    };
    let replica = Redis::replica_of(&primary).unwrap();
    let sentinel = Sentinel::of(&primary);
    follows(&mut connect(&replica));
    let mut sentinels = Client::open(sentinel.url())
        .unwrap()
        .get_connection()
        .unwrap();
    eventually("a replica that Sentinel knows", || {
        let mut replicas = cmd("SENTINEL");
        replicas.arg("REPLICAS").arg("primary");
        let replicas: Vec<redis::Value> = replicas.query(&mut sentinels).unwrap();
        replicas.len() == 1
    });
    let choices = Choices::over("sentinel", vec![sentinel.url()]);
    let mut processes = choices.start_all();
    run(0.5);
    primary.down();
    for process in &mut processes {
        process.becomes("failed", |status| status.failures > 0);
        process.becomes("joined again", |status| {
            status.joined && status.failure == "none"
        });
    }
    run(0.5);
    check_failed_over(&choices, &processes);
}

#[test]
fn redis_is_failed_over_by_hand() {
    let Some(mut primary) = Redis::start() else {
        return;
    };
    let replica = Redis::replica_of(&primary).unwrap();
    let mut connection = connect(&replica);
    follows(&mut connection);
    let choices = Choices::over("any", vec![primary.url(), replica.url()]);
    let mut processes = choices.start_all();
    run(0.5);
    primary.down();
    for process in &mut processes {
        process.becomes("a replica", |status| status.failure == "ReadOnly");
    }
    let () = cmd("REPLICAOF")
        .arg(&["NO", "ONE"])
        .query(&mut connection)
        .unwrap();
    all_join(&mut processes);
    run(0.5);
    check_failed_over(&choices, &processes);
}

#[test]
fn a_replica_is_no_store() {
    let Some(primary) = Redis::start() else {
        return;
    };
    let replica = Redis::replica_of(&primary).unwrap();
    follows(&mut connect(&replica));
    let choices = Choices::of(replica.url());
    let mut alone = choices.start();
    alone.becomes("refused", |status| {
        status.failure == "ReadOnly" && !status.joined
    });
    alone.takes(100);
    let third = choices.bound();
    let third = crate::members::Bound {
        rate: third.rate / 3.0,
        burst: third.burst / 3.0,
    };
    third.check(alone.permits());
}

#[test]
fn the_share_of_a_killed_process_is_used_by_the_others() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    run(0.5);
    processes[0].kill();
    for process in &mut processes[1..] {
        process.becomes("a larger share", |status| {
            status.members == 2 && status.share > 0.45
        });
    }
    check(&choices, &processes);
}

/// Until its next exchange a process uses a share that others have too: one burst of it, and its rate in that time,
/// which is counted as a lease.
#[test]
fn a_process_is_stopped_for_longer_than_a_lease() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    run(0.5);
    processes[0].freeze();
    for process in &mut processes[1..] {
        process.becomes("a larger share", |status| status.share > 0.45);
    }
    processes[0].thaw();
    for process in &mut processes {
        process.becomes("an even share", |status| (0.3..0.4).contains(&status.share));
    }
    run(0.5);
    let share = 0.4 * f64::from(choices.burst + choices.rate);
    let permits = processes.iter().flat_map(Process::permits);
    choices.bound().and(share).check(permits);
}

/// A process that is cut off keeps its share, of which the others do not know when its lease is over.
#[test]
fn a_process_is_cut_off() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let proxy = Proxy::to(redis.port());
    let mut processes = vec![
        choices.at(proxy.url()).start(),
        choices.start(),
        choices.start(),
    ];
    all_join(&mut processes);
    run(0.5);
    proxy.stop();
    processes[0].becomes("alone", Status::is_alone);
    processes[0].takes(20);
    for process in &mut processes[1..] {
        process.becomes("a larger share", |status| status.share > 0.45);
    }
    check(&choices, &processes[1..]);
    proxy.resume();
    for process in &mut processes {
        process.becomes("an even share", |status| {
            status.joined && (0.3..0.4).contains(&status.share)
        });
    }
    check(&choices, &processes[1..]);
    let bound = choices.bound();
    let both = crate::members::Bound {
        rate: bound.rate * 1.4,
        burst: bound.burst * 1.4,
    };
    both.check(processes.iter().flat_map(Process::permits));
}

/// Each process that starts brings one burst of the share that it begins with.
#[test]
fn processes_come_and_go() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    for process in 0..3 {
        processes[process].leave();
        let mut next = choices.start();
        next.becomes("three members", |status| {
            status.joined && status.share > 0.25
        });
        next.takes(20);
        processes.push(next);
    }
    let begins = 3.0 * f64::from(choices.burst) / 3.0;
    let permits = processes.iter().flat_map(Process::permits);
    choices.bound().and(begins).check(permits);
}

#[test]
fn redis_is_a_cluster() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let choices = Choices::over("cluster", cluster.urls());
    let mut processes = choices.start_all();
    for process in &mut processes {
        process.becomes("three members", |status| status.members == 3);
        process.takes(50);
    }
    check(&choices, &processes);
}

#[test]
fn redis_is_slow() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::to(redis.port());
    let choices = Choices::of(proxy.url());
    let mut processes = choices.start_all();
    run(0.3);
    proxy.delay(LEASE / 3);
    for process in &mut processes {
        process.becomes("slow", |status| status.failure == "Slow" && !status.joined);
        process.takes(20);
    }
    proxy.resume();
    all_join(&mut processes);
    run(0.5);
    check(&choices, &processes);
}

/// Members go on alone, and heal when what they cannot read is gone, or when it is read again.
#[test]
fn the_key_holds_garbage() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    let mut connection = connect(&redis);
    let key = "shop:{rate_limiter:github}";
    let () = connection.del(key).unwrap();
    let () = connection.set(key, "a text").unwrap();
    for process in &mut processes {
        process.becomes("alone", |status| {
            !status.joined && status.failure == "Malformed"
        });
        process.takes(20);
    }
    let () = connection.del(key).unwrap();
    all_join(&mut processes);
    let () = connection.hset(key, "protocol", 2).unwrap();
    for process in &mut processes {
        process.becomes("alone", |status| {
            !status.joined && status.failure == "NewerProtocol"
        });
    }
    let () = connection.del(key).unwrap();
    all_join(&mut processes);
    check(&choices, &processes);
}

#[test]
fn garbage_in_a_field_heals() {
    let Some(redis) = Redis::start() else { return };
    let choices = Choices::of(redis.url());
    let mut processes = choices.start_all();
    let mut connection = connect(&redis);
    let key = "shop:{rate_limiter:github}";
    let garbage = [
        "nan",
        "-nan",
        "inf",
        "-1",
        "1e300",
        "0x7f",
        "a",
        "",
        "99999999999999999999",
    ];
    for field in [
        "protocol", "last", "learning", "summed", "held", "demand", "hold", "members",
    ] {
        for text in garbage {
            // Protocols that are newer are another test.
            if field == "protocol" && text.parse().is_ok_and(|number: f64| number > 1.0) {
                continue;
            }
            let () = connection.hset(key, field, text).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
    }
    for at in 0..50 {
        let field = format!("m:{at:016x}");
        let () = connection
            .hset(key, field, garbage[at % garbage.len()])
            .unwrap();
        let () = connection
            .hset(key, format!("m:a{at}"), "9999999:1:99999999999999:0")
            .unwrap();
    }
    let fields: Vec<String> = connection.hkeys(key).unwrap();
    let members = fields.iter().filter(|field| field.starts_with("m:"));
    for (at, member) in members.enumerate() {
        let () = connection
            .hset(key, member, garbage[at % garbage.len()])
            .unwrap();
    }
    for process in &mut processes {
        process.becomes("healed", |status| {
            status.joined && status.members == 3 && (0.3..0.4).contains(&status.share)
        });
    }
    processes[0].kill();
    processes[1].becomes("two members", |status| {
        status.members == 2 && status.share > 0.45
    });
    processes[1].tell("hold 1500");
    processes[2].becomes("held", |status| status.held > 0);
    processes[2].becomes("free", |status| status.held == 0);
}
