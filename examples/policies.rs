//! Policies as values: for code that has no function to annotate, and for policies that are shared.
//!
//! ```text
//! cargo run --example policies
//! ```

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use persevere::{Attempt, Next, Policy, RetryPolicy, retry, stop, wait, when};

/// A shared policy is a function. It names the outcome's error, and leaves its value open.
fn network<T>(attempts: u32) -> impl Policy<io::Result<T>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(attempts) | stop::before_delay(Duration::from_secs(5)))
        .wait(wait::exponential(Duration::from_millis(5)).full_jitter())
        .when(when::transient())
}

/// The attribute takes it as well; keys written beside it override its parts.
#[retry(policy = network(5), wait = 1ms)]
fn annotated(server: &mut Server) -> io::Result<u32> {
    server.get()
}

fn blocking(server: &mut Server) -> io::Result<u32> {
    network(5).run(|| server.get())
}

async fn asynchronous(server: &mut Server) -> io::Result<u32> {
    network(5)
        .run_async(|| {
            let reply = server.get();
            async move { reply }
        })
        .await
}

/// The attempt's handle tells the body where it stands, and takes its wishes.
fn with_handle(server: &mut Server) -> io::Result<u32> {
    network(5).run(|at: &Attempt| {
        let reply = server.get();
        if at.number() == 2 {
            at.give_up();
        }
        reply
    })
}

/// Step by step, where no closure can hold the body.
fn step_by_step(server: &mut Server) -> io::Result<u32> {
    let policy = network(5);
    let mut call = policy.start();
    loop {
        let reply = server.get();
        match call.next(&reply) {
            Next::Return => return reply,
            Next::Sleep(pause) => thread::sleep(pause),
        }
    }
}

/// A queue does not sleep: it asks when to run the job again.
fn queue() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::schedule([1, 5, 30].map(Duration::from_secs)));
    for attempt in 1.. {
        match policy.resume(attempt, Duration::ZERO) {
            Ok(pause) => println!("  attempt {attempt} failed: again in {pause:?}"),
            Err(reason) => {
                println!("  attempt {attempt} failed: to the dead letters ({reason})");
                break;
            }
        }
    }
}

fn main() {
    // Blocking calls pause their thread: not one of a runtime.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    println!("annotated     {:?}", annotated(&mut Server::new(3)));
    println!("run           {:?}", blocking(&mut Server::new(3)));
    println!(
        "run_async     {:?}",
        runtime.block_on(asynchronous(&mut Server::new(3)))
    );
    println!("with a handle {:?}", with_handle(&mut Server::new(3)));
    println!("step by step  {:?}", step_by_step(&mut Server::new(3)));

    let mut server = Server::new(10);
    let report = network(3).report(|| server.get());
    println!(
        "\nreport: {} attempts in {:.1?}, {:.1?} of it idle, reason {:?}",
        report.attempts(),
        report.elapsed(),
        report.idle(),
        report.reason()
    );
    if let Err(error) = report.into_result() {
        println!("as an error: {error}");
    }

    println!("\nclasses of errors, and a fallback");
    let mut server = Server::new(10);
    let reply = RetryPolicy::new()
        .case(
            when::err(|e: &io::Error| e.kind() == io::ErrorKind::ConnectionReset),
            stop::after_attempt(2),
            wait::none(),
        )
        .before_sleep(|state| println!("  attempt {} failed", state.attempt()))
        .fallback(|_| Ok(0))
        .run(|| server.get());
    println!("  {reply:?}");

    println!("\none policy, many threads");
    let policy = Arc::new(network(5));
    let threads = [2, 3, 4].map(|resets| {
        let policy = Arc::clone(&policy);
        thread::spawn(move || {
            let mut server = Server::new(resets);
            policy.run(|| server.get())
        })
    });
    for thread in threads {
        println!("  {:?}", thread.join().expect("no panic"));
    }

    println!("\na queue");
    queue();

    println!("\nwhat a policy will do, and what is wrong with one");
    let policy = RetryPolicy::new().wait(wait::fibonacci(Duration::from_secs(1)));
    println!("{}", policy.schedule());
    match policy.stop(stop::after_attempt(0)).validate() {
        Ok(()) => println!("nothing"),
        Err(invalid) => println!("{invalid}"),
    }
}

/// Resets every connection before this one.
struct Server {
    resets: u32,
    connections: u32,
}

impl Server {
    fn new(resets: u32) -> Self {
        Server {
            resets,
            connections: 0,
        }
    }

    fn get(&mut self) -> io::Result<u32> {
        self.connections += 1;
        if self.connections < self.resets {
            Err(io::ErrorKind::ConnectionReset)?;
        }
        Ok(self.connections)
    }
}
