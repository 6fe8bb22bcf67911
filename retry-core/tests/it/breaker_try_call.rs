//! Calls through a breaker whose errors are those of other crates.
#![cfg(feature = "std")]

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::num::ParseIntError;
use std::panic::{AssertUnwindSafe, catch_unwind};

use persevere_core::breaker::{CallError, State};
use persevere_core::{CircuitBreaker, Health, Transient, Verdict, when};

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("gauge").consecutive(1)
}

fn read(breaker: &CircuitBreaker, shown: &str) -> Result<u32, CallError<ParseIntError>> {
    breaker.try_call(|| shown.parse())
}

#[test]
fn a_foreign_error_and_the_refusal_are_told_apart() {
    let breaker = breaker();
    assert_eq!(read(&breaker, "20"), Ok(20));
    let own = read(&breaker, "?").unwrap_err();
    assert_eq!(own.to_string(), "invalid digit found in string");
    assert!(own.into_inner().is_some());
    let refused = read(&breaker, "20").unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("the circuit `gauge` is open")
    );
    assert!(matches!(refused, CallError::Rejected(open) if open.retry_after.is_some()));
}

#[test]
fn a_panic_is_a_failure() {
    let breaker = breaker();
    let call = || breaker.try_call(|| -> Result<(), ParseIntError> { panic!("broken") });
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_view_says_what_counts() {
    let breaker = breaker();
    let view = breaker.failures(when::err(|e: &io::Error| e.kind() == ErrorKind::TimedOut));
    assert!(
        view.try_call(|| io::Result::<()>::Err(ErrorKind::NotFound.into()))
            .is_err()
    );
    let by_error = breaker.by_error();
    assert!(
        by_error
            .try_call(|| io::Result::<()>::Err(ErrorKind::NotFound.into()))
            .is_err()
    );
    assert_eq!(breaker.state(), State::Closed);
    assert!(
        by_error
            .try_call(|| io::Result::<()>::Err(ErrorKind::TimedOut.into()))
            .is_err()
    );
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn what_is_inside_is_asked() {
    let inner = CallError::Inner(io::Error::from(ErrorKind::ConnectionRefused));
    assert!(inner.verdict().is_retry() && inner.unsent());
    assert_eq!(inner.health(), Health::Failed);

    /// The error of a client that may follow redirects.
    struct Unreachable;

    impl Transient for Unreachable {
        fn verdict(&self) -> Verdict {
            Verdict::Retry
        }

        fn unsent_without_redirects(&self) -> bool {
            true
        }
    }

    let inner = CallError::Inner(Unreachable);
    assert!(!inner.unsent() && inner.unsent_without_redirects());
    let breaker = breaker();
    breaker.force_open();
    let refused = breaker.try_call(|| io::Result::Ok(())).unwrap_err();
    assert_eq!(
        (refused.verdict(), refused.health()),
        (Verdict::Retry, Health::Unknown)
    );
    assert!(refused.unsent() && refused.unsent_without_redirects());
}

#[test]
fn the_source_is_that_of_what_is_inside() {
    #[derive(Debug)]
    struct Load(io::Error);
    impl fmt::Display for Load {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("load")
        }
    }
    impl Error for Load {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    let error = CallError::Inner(Load(ErrorKind::TimedOut.into()));
    assert!(error.source().unwrap().is::<io::Error>());
    let breaker = breaker();
    breaker.force_open();
    let refused = breaker.try_call(|| Err::<(), _>(Load(ErrorKind::TimedOut.into())));
    assert!(refused.unwrap_err().source().is_none());
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn a_future_is_called_in_the_same_way() {
    let breaker = breaker();
    assert_eq!(
        breaker.try_call_async(async { "20".parse::<u32>() }).await,
        Ok(20)
    );
    let dropped = breaker.try_call_async(std::future::pending::<io::Result<()>>());
    drop(dropped);
    let view = breaker.ignoring(when::err(|_: &ParseIntError| true));
    assert!(
        view.try_call_async(async { "?".parse::<u32>() })
            .await
            .is_err()
    );
    assert_eq!(breaker.state(), State::Closed);
    assert!(
        breaker
            .try_call_async(async { "?".parse::<u32>() })
            .await
            .is_err()
    );
    let refused = breaker.try_call_async(async { "20".parse::<u32>() }).await;
    assert!(matches!(refused, Err(CallError::Rejected(_))));
}
