//! Faults of the testing kit: as a callable, around a `tower` service, on a socket.
#![cfg(all(feature = "testing", feature = "tower", feature = "tokio"))]

use std::convert::Infallible;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{panic, thread};

use persevere_core::testing::{self, Fault, Faults, Flaky, FlakyProxy, Scope, VirtualClock};
use persevere_core::{Policy, RetryPolicy, stop, wait};
use proptest::prelude::*;
use tower::{Layer, Service, ServiceExt, service_fn};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_schedule_is_followed_and_then_over() {
    use Fault::{Error, None as Pass, Panic};
    let flaky = Flaky::schedule([Pass, Error, Panic], || "refused");
    let call = || panic::catch_unwind(|| flaky.call(|| Ok(7)));
    assert_eq!(call().unwrap(), Ok(7));
    assert_eq!(call().unwrap(), Err("refused"));
    assert!(call().is_err());
    assert_eq!(call().unwrap(), Ok(7));
    assert_eq!(flaky.calls(), 4);
}

#[test]
fn what_fails_is_not_called() {
    let called = AtomicU32::new(0);
    let flaky = Flaky::times(2, || "refused");
    let policy = RetryPolicy::new().wait(wait::none());
    let outcome = policy.run(|| flaky.call(|| Ok(called.fetch_add(1, Ordering::Relaxed))));
    assert_eq!((outcome, flaky.calls()), (Ok(0), 3));
}

#[test]
fn threads_share_the_count_and_not_the_luck() {
    let failures = |threads: u64| {
        let faults = Faults::rate(0.25, 42);
        let count = || {
            (0..4000 / threads)
                .filter(|_| faults.next() == Fault::Error)
                .count()
        };
        thread::scope(|scope| {
            let counts: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
            counts
                .into_iter()
                .map(|count| count.join().unwrap())
                .sum::<usize>()
        })
    };
    assert_eq!(failures(1), failures(2));
    assert_eq!(failures(1), failures(4));
}

proptest! {
    #[test]
    fn a_rate_is_kept(rate in 0.0..=1.0f64, seed: u64) {
        let faults = Faults::rate(rate, seed);
        let failed = (0..2000).filter(|_| faults.next() == Fault::Error).count();
        // Six standard deviations, at most 67.
        let sigma = (2000.0 * rate * (1.0 - rate)).sqrt();
        prop_assert!((failed as f64 - 2000.0 * rate).abs() <= 6.0 * sigma + 1.0, "{failed}");
    }
}

#[test]
fn odd_rates_fail_always_or_never() {
    for (rate, fails) in [
        (-1.0, false),
        (f64::NAN, false),
        (2.0, true),
        (f64::INFINITY, true),
    ] {
        let faults = Faults::rate(rate, 1);
        let failed = (0..100).filter(|_| faults.next() == Fault::Error).count();
        assert_eq!(failed, if fails { 100 } else { 0 }, "{rate}");
    }
}

#[test]
fn a_delay_takes_virtual_time() {
    let clock = VirtualClock::new();
    let flaky = Flaky::times(9, || "slow").delay(4 * SECOND);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .stop(stop::after_delay(10 * SECOND));
    let scope = Scope::new().clock(&clock);
    assert_eq!(
        scope.run(|| policy.run(|| flaky.call(|| Ok(7)))),
        Err("slow")
    );
    assert_eq!((flaky.calls(), clock.elapsed()), (3, 12 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_cut_by_an_attempt_timeout() {
    let flaky = Flaky::times(0, || io::Error::from(ErrorKind::Other)).delay(3 * SECOND);
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .attempt_timeout(2 * SECOND);
    let call = policy.run_async(|| flaky.call_async(|| async { Ok(7) }));
    let (outcome, recorded) = testing::record_async(call).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    recorded.attempts(3).pauses([SECOND; 2]);
}

#[tokio::test(start_paused = true)]
async fn around_a_service_that_counts() {
    let called = AtomicU32::new(0);
    let counting =
        service_fn(|(): ()| async { Ok::<_, &str>(called.fetch_add(1, Ordering::Relaxed)) });
    let flaky = Flaky::times(2, || "refused").delay(SECOND);
    let service = flaky.layer().layer(counting);
    let start = tokio::time::Instant::now();
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND));
    let outcome = policy.run_async(|| service.clone().oneshot(())).await;
    assert_eq!((outcome, called.load(Ordering::Relaxed)), (Ok(0), 1));
    // Three calls of a second, two pauses.
    assert_eq!((flaky.calls(), start.elapsed()), (3, 5 * SECOND));
}

#[tokio::test]
async fn a_service_that_is_not_ready_stays_so() {
    struct Busy;
    impl Service<()> for Busy {
        type Response = ();
        type Error = &'static str;
        type Future = std::future::Ready<Result<(), &'static str>>;
        fn poll_ready(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), &'static str>> {
            std::task::Poll::Ready(Err("busy"))
        }
        fn call(&mut self, (): ()) -> Self::Future {
            unreachable!("not ready")
        }
    }
    let flaky = Flaky::times(0, || "refused");
    assert_eq!(flaky.layer().layer(Busy).oneshot(()).await, Err("busy"));
    assert_eq!(flaky.calls(), 0);
}

/// Starts a server that answers each connection with its request, once the client has ended it.
fn echo() -> SocketAddr {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    thread::spawn(move || -> io::Result<Infallible> {
        loop {
            let (mut client, _) = server.accept()?;
            let mut request = Vec::new();
            client.read_to_end(&mut request)?;
            client.write_all(&request)?;
        }
    });
    address
}

fn ask(server: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut client = TcpStream::connect(server)?;
    client.write_all(request)?;
    client.shutdown(std::net::Shutdown::Write)?;
    let mut answer = Vec::new();
    client.read_to_end(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_connection_fails_on_the_socket() {
    let proxy = FlakyProxy::start(echo(), Faults::times(2)).unwrap();
    let request = vec![7; 100_000];
    let failed = |answer: io::Result<Vec<u8>>| answer.map_or(true, |bytes| bytes.is_empty());
    assert!(failed(ask(proxy.address(), &request)));
    assert!(failed(ask(proxy.address(), &request)));
    assert_eq!(ask(proxy.address(), &request).unwrap(), request);
    assert_eq!(proxy.connections(), 3);
}

#[test]
fn an_answer_is_cut_in_the_middle() {
    let proxy = FlakyProxy::start(echo(), Faults::schedule([Fault::Panic]))
        .unwrap()
        .cut_after(10);
    assert_eq!(
        ask(proxy.address(), b"twenty bytes or more").unwrap(),
        b"twenty byt"
    );
    assert_eq!(
        ask(proxy.address(), b"twenty bytes or more").unwrap().len(),
        20
    );
}

#[test]
fn a_proxy_without_a_server_is_a_connection_without_an_answer() {
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let proxy = FlakyProxy::start(unused, Faults::times(0)).unwrap();
    assert!(ask(proxy.address(), b"hello").map_or(true, |answer| answer.is_empty()));
}

#[test]
fn a_dropped_proxy_frees_its_port() {
    let log = Mutex::new(Vec::new());
    for _ in 0..3 {
        let proxy = FlakyProxy::start(echo(), Faults::times(0)).unwrap();
        log.lock().unwrap().push(proxy.address());
    }
    for address in log.into_inner().unwrap() {
        assert_eq!(
            TcpStream::connect(address).unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
    }
}
