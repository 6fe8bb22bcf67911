//! `on_event` and `subscribe`: the events of the process for a program's own use.

use persevere::telemetry::{self, CallEvent, Event};
use persevere::{CircuitBreaker, RetryPolicy, StopReason, retry, wait};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static SHUT: CircuitBreaker = CircuitBreaker::new("shut");

#[retry(name = "stock", wait = none(), when = transient())]
fn stock(replies: &mut Vec<io::Result<u32>>) -> io::Result<u32> {
    replies.pop().expect("a reply")
}

#[retry(name = "refused", breaker = &SHUT)]
fn refused() -> io::Result<()> {
    Ok(())
}

fn busy() -> io::Result<u32> {
    Err(io::ErrorKind::TimedOut.into())
}

/// Returns the events that are there, in order.
fn next(events: &mut telemetry::Events) -> Vec<Event<'static>> {
    std::iter::from_fn(|| events.try_next()).collect()
}

/// One test alone: hooks are of the whole process.
#[test]
fn a_program_hears_of_everything() {
    let mut events = telemetry::subscribe();
    let call = |event: CallEvent<'static>| Event::Call(event);
    let error = Some("std::io::error::Error");

    assert!(stock(&mut vec![Ok(1), busy()]).is_ok());
    let retried = CallEvent::Retried {
        function: "stock".into(),
        attempt: 1,
        pause: Duration::ZERO,
        error,
    };
    let succeeded = CallEvent::Succeeded {
        function: "stock".into(),
        attempts: 2,
    };
    assert_eq!(next(&mut events), [call(retried), call(succeeded)]);

    assert!(stock(&mut vec![Err(io::Error::other("closed"))]).is_err());
    let failed = CallEvent::Failed {
        function: "stock".into(),
        attempts: 1,
        error,
    };
    assert_eq!(next(&mut events), [call(failed)]);

    SHUT.force_open();
    assert!(refused().is_err());
    let reason = StopReason::CircuitOpen;
    let heard = next(&mut events);
    let [Event::Breaker(change), Event::Call(last)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(change.name, "shut");
    assert_eq!(
        *last,
        CallEvent::Refused {
            function: "refused".into(),
            reason
        }
    );

    let policy = RetryPolicy::new().name("policy").wait(wait::none());
    assert!(policy.run(|| Err::<(), _>("busy")).is_err());
    let gave_up = CallEvent::GaveUp {
        function: "policy".into(),
        attempts: 3,
        reason: StopReason::Attempts,
        judged: true,
        error: Some("&str"),
    };
    assert_eq!(next(&mut events).last(), Some(&call(gave_up)));

    a_slow_reader_loses_the_oldest(&mut events);
    a_hook_may_panic_and_call();
    readers_wait();
    drop(events);
}

fn a_slow_reader_loses_the_oldest(events: &mut telemetry::Events) {
    let policy = RetryPolicy::new().name("many");
    for _ in 0..1500 {
        policy.run(|| Some(1));
    }
    assert_eq!((next(events).len(), events.lost()), (1024, 476));
}

fn a_hook_may_panic_and_call() {
    static HEARD: AtomicU64 = AtomicU64::new(0);
    static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    telemetry::on_event(|event| {
        if let Event::Call(CallEvent::Succeeded { function, .. }) = event {
            HEARD.fetch_add(1, Ordering::Relaxed);
            NAMES.lock().unwrap().push(function.to_string());
            if function == "outer" {
                RetryPolicy::new().name("inner").run(|| Some(1));
                panic!("a mistake of the hook");
            }
        }
    });
    std::panic::set_hook(Box::new(|_| ()));
    assert_eq!(RetryPolicy::new().name("outer").run(|| Some(1)), Some(1));
    let _ = std::panic::take_hook();
    assert_eq!(HEARD.load(Ordering::Relaxed), 2);
    assert_eq!(*NAMES.lock().unwrap(), ["outer", "inner"]);
}

/// A reader that waits, as a thread and as a task, is woken by a call of another thread.
fn readers_wait() {
    let mut events = telemetry::subscribe();
    let reader = std::thread::spawn(move || (events.next_blocking(), events));
    let policy = RetryPolicy::new().name("wakes");
    policy.run(|| Some(1));
    let (event, mut events) = reader.join().unwrap();
    let expected = CallEvent::Succeeded {
        function: "wakes".into(),
        attempts: 1,
    };
    assert_eq!(event, Event::Call(expected.clone()));

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let reader = runtime.spawn(async move { events.next().await });
    policy.run(|| Some(1));
    assert_eq!(runtime.block_on(reader).unwrap(), Event::Call(expected));
}
