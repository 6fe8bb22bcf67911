//! From failsafe.

use std::io;
use std::time::Duration;

use persevere::breaker::{CallError, Transition, time};
use persevere::{CircuitBreaker, circuit_breaker, when::err};


static DISK: CircuitBreaker = CircuitBreaker::new("disk");
static RATED: CircuitBreaker = CircuitBreaker::new("rated")
    .failure_rate(0.2, time(Duration::from_secs(30))).minimum(5)
    .consecutive(5)
    .open_for(Duration::from_secs(10)).growing(2.0, Duration::from_secs(60))
    .listener(announce);
static STRICT: CircuitBreaker = CircuitBreaker::new("strict").consecutive(3);

fn announce(transition: &Transition) {
    println!("{transition}");
}

#[circuit_breaker(&DISK)]
fn read(path: &str) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

fn f() -> io::Result<u32> {
    Ok(1)
}

fn g(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::NotFound
}

#[tokio::test]
async fn calls_go_through() {
    assert!(read("/no/such/file").is_err());
    assert_eq!(DISK.call(f).unwrap(), 1);
    assert_eq!(DISK.failures(err(g)).call(f).unwrap(), 1);
    let future = async { f() };
    assert_eq!(DISK.call_async(future).await.unwrap(), 1);
    match DISK.try_call(f) {
        Ok(value) => assert_eq!(value, 1),
        Err(CallError::Rejected(open)) => panic!("{open}"),
        Err(CallError::Inner(e)) => panic!("{e}"),
    }
    DISK.try_enter().unwrap().success();
    assert_eq!(RATED.call(|| STRICT.call(f)).unwrap(), 1);
}
