//! Health of the service by an outcome, whether it is retried or not.
#![cfg(feature = "testing")]

use std::io::{self, ErrorKind};
use std::time::Duration;

use persevere_core::breaker::{CallResult, State};
use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{
    Attempt, CircuitBreaker, Classified, Health, Interrupt, Missing, Policy, Predicate,
    RetryPolicy, Transient, Verdict, stop, wait, when,
};

/// An error with a different answer per variant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    /// Another transaction was faster.
    Conflict,
    /// The service is busy.
    Busy,
    /// Its certificate is refused.
    Untrusted,
    /// A request that it rejects.
    Rejected,
    /// No file descriptor is left here.
    NoSocket,
    Interrupted(Interrupt),
}

impl Transient for Said {
    fn verdict(&self) -> Verdict {
        match self {
            Said::Conflict | Said::Busy | Said::NoSocket => Verdict::Retry,
            Said::Untrusted | Said::Rejected => Verdict::Final,
            Said::Interrupted(interrupt) => interrupt.verdict(),
        }
    }

    fn health(&self) -> Health {
        match self {
            Said::Busy | Said::Untrusted => Health::Failed,
            Said::Conflict | Said::Rejected => Health::Well,
            Said::NoSocket => Health::Unknown,
            Said::Interrupted(interrupt) => interrupt.health(),
        }
    }
}

impl From<Interrupt> for Said {
    fn from(interrupt: Interrupt) -> Self {
        Said::Interrupted(interrupt)
    }
}

const OPEN: Duration = Duration::from_secs(30);

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("service").consecutive(1).open_for(OPEN)
}

/// Counts failures and ignored outcomes of one attempt under `when`.
fn counted<P: Predicate<Result<(), Said>>>(when: P, error: Said) -> (u64, u64) {
    let breaker = breaker();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .when(when)
        .breaker(&breaker);
    assert_eq!(policy.run(|| Err(error)), Err(error));
    let counts = breaker.counts();
    (counts.failures, counts.ignored)
}

const FAILED: (u64, u64) = (1, 0);
const WELL: (u64, u64) = (0, 0);
const UNKNOWN: (u64, u64) = (0, 1);

#[test]
fn what_asks_the_error_says_what_it_says_of_the_service() {
    for (error, expected) in [
        (Said::Conflict, WELL),
        (Said::Busy, FAILED),
        (Said::Untrusted, FAILED),
        (Said::Rejected, WELL),
        (Said::NoSocket, UNKNOWN),
    ] {
        assert_eq!(counted(when::transient(), error), expected, "{error:?}");
        assert_eq!(counted(when::unsent(), error), expected, "{error:?}");
        assert_eq!(
            counted(when::idempotent(true), error),
            expected,
            "{error:?}"
        );
        assert_eq!(
            counted(when::idempotent(false), error),
            expected,
            "{error:?}"
        );
    }
}

#[test]
fn whatever_the_error_is_asked_in_says_what_it_says_of_the_service() {
    let all = || when::err(|_: &Said| true);
    let none = || when::err(|_: &Said| false);
    for (error, expected) in [
        (Said::Conflict, WELL),
        (Said::Untrusted, FAILED),
        (Said::NoSocket, UNKNOWN),
    ] {
        assert_eq!(counted(when::unsent() | all(), error), expected);
        assert_eq!(counted(all() | when::unsent(), error), expected);
        assert_eq!(counted(when::transient() & none(), error), expected);
        assert_eq!(counted(none() & when::transient(), error), expected);
        assert_eq!(counted(!when::transient(), error), expected);
        assert_eq!(counted(!(none() | !when::transient()), error), expected);
        let boxed: Box<dyn Predicate<Result<(), Said>>> = Box::new(when::unsent());
        assert_eq!(counted(boxed, error), expected);
    }
}

#[test]
fn what_does_not_ask_the_error_says_what_is_retried() {
    for error in [Said::Conflict, Said::Untrusted, Said::NoSocket] {
        assert_eq!(counted(when::any_failure(), error), FAILED);
        assert_eq!(counted(when::err(|_: &Said| true), error), FAILED);
        assert_eq!(counted(when::err(|_: &Said| false), error), WELL);
        assert_eq!(counted(|_: &Result<(), Said>| true, error), FAILED);
        assert_eq!(counted(!when::any_failure(), error), WELL);
    }
}

#[test]
fn a_case_beside_a_predicate_asks_the_error() {
    let breaker = breaker();
    let conflicts = when::transient() & when::err(|e: &Said| *e == Said::Conflict);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .case(conflicts, stop::after_attempt(3), wait::none())
        .when(when::never())
        .breaker(&breaker);
    let report = policy.report(|| Err::<(), _>(Said::Conflict));
    assert_eq!(report.attempts(), 3);
    assert_eq!(breaker.counts().failures, 0);
    assert_eq!(
        policy.run(|| Err::<(), _>(Said::Untrusted)),
        Err(Said::Untrusted)
    );
    assert_eq!(breaker.counts().failures, 1);
}

/// Makes one call that fails with `first`, and probes when the open time is over.
fn probed<O, P>(breaker: &CircuitBreaker, policy: &P, first: O, probe: impl FnMut() -> O) -> State
where
    O: persevere_core::Outcome,
    P: Policy<O>,
{
    let clock = VirtualClock::new();
    Scope::new().clock(&clock).run(|| {
        let mut first = Some(first);
        policy.run(|| first.take().unwrap());
        assert_eq!(breaker.state(), State::Open);
        clock.advance(OPEN);
        policy.run(probe);
        breaker.state()
    })
}

#[test]
fn a_probe_that_ends_in_a_reset_connection_which_may_not_be_repeated_does_not_close_the_breaker() {
    let breaker = breaker();
    let policy = RetryPolicy::new()
        .when(when::idempotent(false))
        .breaker(&breaker);
    let reset = || io::Result::<()>::Err(ErrorKind::ConnectionReset.into());
    assert_eq!(probed(&breaker, &policy, reset(), reset), State::Open);
    assert_eq!(breaker.counts().opened, 2);
}

#[test]
fn a_probe_that_meets_a_conflict_closes_the_breaker() {
    let breaker = breaker();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .when(when::transient())
        .breaker(&breaker);
    let conflict = || Err::<(), _>(Said::Conflict);
    let state = probed(&breaker, &policy, Err(Said::Busy), conflict);
    assert_eq!(state, State::Closed);
}

#[test]
fn a_probe_that_fails_of_the_own_host_gives_its_permit_back() {
    let breaker = breaker();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .when(when::transient())
        .breaker(&breaker);
    let own = || io::Result::<()>::Err(ErrorKind::AddrNotAvailable.into());
    let slow = Err(ErrorKind::TimedOut.into());
    assert_eq!(probed(&breaker, &policy, slow, own), State::HalfOpen);
    assert!(policy.run(|| io::Result::Ok(())).is_ok());
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_view_holds_over_what_the_error_says() {
    let breaker = breaker();
    let conflicts = breaker.failures(when::err(|e: &Said| *e == Said::Conflict));
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .when(when::transient())
        .breaker(&conflicts);
    let _ = policy.run(|| Err::<(), _>(Said::NoSocket));
    let _ = policy.run(|| Err::<(), _>(Said::Busy));
    assert_eq!(
        (breaker.counts().failures, breaker.counts().ignored),
        (0, 0)
    );
    let _ = policy.run(|| Err::<(), _>(Said::Conflict));
    assert_eq!(breaker.counts().failures, 1);
}

#[test]
fn a_view_by_error_asks_it_under_every_predicate() {
    for (error, expected) in [
        (Said::Conflict, WELL),
        (Said::Untrusted, FAILED),
        (Said::NoSocket, UNKNOWN),
    ] {
        let breaker = breaker();
        let view = breaker.ignoring(when::never()).by_error();
        let policy = RetryPolicy::new()
            .stop(stop::after_attempt(1))
            .breaker(&view);
        let _ = policy.run(|| Err::<(), _>(error));
        let counts = breaker.counts();
        assert_eq!((counts.failures, counts.ignored), expected, "{error:?}");
    }
}

#[test]
fn a_call_by_error_asks_the_error() {
    for (error, expected) in [
        (Said::Conflict, WELL),
        (Said::Untrusted, FAILED),
        (Said::NoSocket, UNKNOWN),
        (Said::Interrupted(Interrupt::Cancelled), UNKNOWN),
    ] {
        let breaker = breaker();
        assert_eq!(breaker.by_error().call(|| Err::<(), _>(error)), Err(error));
        let counts = breaker.counts();
        assert_eq!((counts.failures, counts.ignored), expected, "{error:?}");
    }
    let plain = breaker();
    let _ = plain.call(|| Err::<(), _>(Said::Conflict));
    assert_eq!(plain.counts().failures, 1);
}

#[test]
fn a_body_that_gives_up_says_nothing_of_the_service() {
    let breaker = breaker();
    let policy = RetryPolicy::new().breaker(&breaker);
    let _ = policy.run(|at: &Attempt| {
        at.give_up();
        Err::<(), _>(Said::Busy)
    });
    assert_eq!(breaker.counts().failures, 1);
    let other = self::breaker();
    let policy = RetryPolicy::new().when(when::transient()).breaker(&other);
    let _ = policy.run(|at: &Attempt| {
        at.give_up();
        Err::<(), _>(Said::Conflict)
    });
    assert_eq!(other.counts().failures, 0);
}

#[test]
fn a_body_that_wants_another_attempt_has_failed_unless_its_error_says_otherwise() {
    let breaker = CircuitBreaker::new("service").consecutive(9);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .when(when::transient())
        .breaker(&breaker);
    let _ = policy.run(|at: &Attempt| {
        at.retry_now();
        Ok::<_, Said>(())
    });
    assert_eq!(breaker.counts().failures, 1);
    let _ = policy.run(|at: &Attempt| {
        at.retry_now();
        Err::<(), _>(Said::Rejected)
    });
    assert_eq!(breaker.counts().failures, 1);
}

#[test]
fn an_attempt_that_was_cut_has_failed_whatever_its_error_says() {
    struct Deaf;
    impl From<Interrupt> for Deaf {
        fn from(_: Interrupt) -> Self {
            Deaf
        }
    }
    impl Transient for Deaf {
        fn verdict(&self) -> Verdict {
            Verdict::Final
        }
    }
    let breaker = breaker();
    let policy = RetryPolicy::new().when(when::transient()).breaker(&breaker);
    let mut call = policy.start();
    call.admit().unwrap();
    let _ = call.cut(Interrupt::AttemptTimeout, &Err::<(), _>(Deaf));
    assert_eq!(breaker.counts().failures, 1);
}

#[test]
fn interrupts_and_what_is_missing() {
    assert_eq!(Interrupt::AttemptTimeout.health(), Health::Failed);
    assert_eq!(Interrupt::Deadline.health(), Health::Failed);
    assert_eq!(Interrupt::Cancelled.health(), Health::Unknown);
    let open = Interrupt::CircuitOpen { retry_after: None };
    assert_eq!(open.health(), Health::Unknown);
    assert_eq!(io::Error::from(open).health(), Health::Unknown);
    assert_eq!(
        io::Error::from(Interrupt::Deadline).health(),
        Health::Failed
    );
    assert_eq!(
        Classified::<io::Error>::from(open).health(),
        Health::Unknown
    );
    assert_eq!(Classified::fatal("refused").health(), Health::Well);
    assert_eq!(Missing.health(), Health::Failed);
    assert_eq!(Box::new(Said::Conflict).health(), Health::Well);
}

#[test]
fn errors_of_the_system_by_their_kind() {
    use ErrorKind as Kind;
    for kind in [
        Kind::ConnectionRefused,
        Kind::ConnectionReset,
        Kind::UnexpectedEof,
        Kind::TimedOut,
        Kind::WouldBlock,
        Kind::InvalidData,
        Kind::StorageFull,
    ] {
        assert_eq!(io::Error::from(kind).health(), Health::Failed, "{kind}");
    }
    for kind in [
        Kind::NotFound,
        Kind::PermissionDenied,
        Kind::AlreadyExists,
        Kind::Deadlock,
    ] {
        assert_eq!(io::Error::from(kind).health(), Health::Well, "{kind}");
    }
    for kind in [
        Kind::AddrNotAvailable,
        Kind::AddrInUse,
        Kind::OutOfMemory,
        Kind::Interrupted,
        Kind::InvalidInput,
    ] {
        assert_eq!(io::Error::from(kind).health(), Health::Unknown, "{kind}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn errors_of_the_system_by_their_number() {
    // ENFILE, EMFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL
    for code in [23, 24, 12, 105, 99] {
        let error = io::Error::from_raw_os_error(code);
        assert_eq!(error.health(), Health::Unknown, "{error}");
    }
    // EIO, ECONNREFUSED
    for code in [5, 111] {
        let error = io::Error::from_raw_os_error(code);
        assert_eq!(error.health(), Health::Failed, "{error}");
    }
}

#[test]
fn a_name_that_does_not_resolve_is_a_failure() {
    let text = "failed to lookup address information: Temporary failure in name resolution";
    assert_eq!(io::Error::other(text).health(), Health::Failed);
    assert_eq!(io::Error::other("something else").health(), Health::Well);
}

#[test]
fn a_breaker_of_the_users_own_is_weighed_by_the_health() {
    /// A breaker that classifies by the verdict, in its own way.
    struct Own(CircuitBreaker);
    impl persevere_core::breaker::Breaker<Result<(), Said>> for &Own {
        fn circuit(&self) -> &CircuitBreaker {
            &self.0
        }
        fn classify(&self, _: &Result<(), Said>, verdict: Verdict) -> CallResult {
            match verdict.is_retry() {
                true => CallResult::Ignored,
                false => CallResult::Success,
            }
        }
    }
    let own = Own(breaker());
    let policy = RetryPolicy::new().when(when::unsent()).breaker(&own);
    let _ = policy.run(|| Err(Said::Untrusted));
    assert_eq!(own.0.counts().ignored, 1);
}

#[cfg(feature = "http")]
#[test]
fn statuses_fail_from_500_on() {
    use http::StatusCode;
    for status in [500, 501, 502, 503, 504, 507, 529] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(status.health(), Health::Failed, "{status}");
    }
    for status in [400, 401, 403, 404, 408, 409, 422, 425, 429] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(status.health(), Health::Well, "{status}");
    }
}

#[cfg(feature = "http")]
#[test]
fn refusals_of_a_post_open_the_breaker_though_none_is_repeated() {
    use http::Response;
    use persevere_core::http::{HttpError, OrHttpError};
    let breaker = CircuitBreaker::new("service").consecutive(3);
    let policy = RetryPolicy::new().when(when::unsent()).breaker(&breaker);
    for _ in 0..3 {
        let report = policy.report(|| -> Result<_, HttpError> {
            Response::builder()
                .status(503)
                .body(())
                .unwrap()
                .or_http_error()
        });
        assert_eq!(report.attempts(), 1);
    }
    assert_eq!(breaker.state(), State::Open);
}

#[cfg(feature = "tonic")]
#[test]
fn codes_of_grpc() {
    use tonic::{Code, Status};
    for (code, health) in [
        (Code::Unavailable, Health::Failed),
        (Code::Internal, Health::Failed),
        (Code::DeadlineExceeded, Health::Failed),
        (Code::Aborted, Health::Well),
        (Code::ResourceExhausted, Health::Well),
        (Code::PermissionDenied, Health::Well),
        (Code::Cancelled, Health::Unknown),
    ] {
        assert_eq!(Status::new(code, "").health(), health, "{code}");
    }
    let open = Interrupt::CircuitOpen { retry_after: None };
    assert_eq!(Status::from(open).health(), Health::Unknown);
    assert_eq!(
        Status::from(Interrupt::AttemptTimeout).health(),
        Health::Failed
    );
}

#[cfg(feature = "redis")]
#[test]
fn answers_of_redis() {
    use redis::{ErrorKind as Kind, RedisError, ServerErrorKind as Server};
    for (kind, health) in [
        (Kind::Server(Server::BusyLoading), Health::Failed),
        (Kind::Server(Server::ReadOnly), Health::Failed),
        (Kind::Server(Server::ClusterDown), Health::Failed),
        (Kind::Server(Server::TryAgain), Health::Well),
        (Kind::Server(Server::NoPerm), Health::Well),
        (Kind::AuthenticationFailed, Health::Well),
        (Kind::Parse, Health::Well),
        (Kind::InvalidClientConfig, Health::Unknown),
    ] {
        assert_eq!(RedisError::from((kind, "")).health(), health, "{kind:?}");
    }
    let demoted = "force unblock from blocking operation, instance state changed";
    for (code, text, health) in [
        ("BUSY", "", Health::Failed),
        ("NOREPLICAS", "", Health::Failed),
        ("OOM", "", Health::Failed),
        ("MISCONF", "", Health::Failed),
        ("UNBLOCKED", demoted, Health::Failed),
        (
            "UNBLOCKED",
            "client unblocked via CLIENT UNBLOCK",
            Health::Well,
        ),
        ("WRONGTYPE", "", Health::Well),
    ] {
        let error = redis::make_extension_error(code.into(), Some(text.into()));
        assert_eq!(error.health(), health, "{code} {text}");
    }
    let discarded = |reason: &str| {
        let text = format!("Transaction discarded because of: {reason}");
        RedisError::from((Kind::Server(Server::ExecAbort), "", text))
    };
    assert_eq!(discarded("LOADING x").health(), Health::Failed);
    assert_eq!(discarded("previous errors.").health(), Health::Well);
    let own = RedisError::from(io::Error::from(ErrorKind::AddrNotAvailable));
    assert_eq!(own.health(), Health::Unknown);
    let lost = RedisError::from(io::Error::from(ErrorKind::BrokenPipe));
    assert_eq!(lost.health(), Health::Failed);
}

#[cfg(feature = "rusqlite")]
#[test]
fn codes_of_sqlite() {
    let coded = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
    // BUSY, BUSY_SNAPSHOT, LOCKED, LOCKED_SHAREDCACHE, PROTOCOL, CONSTRAINT; IOERR, CORRUPT, FULL, CANTOPEN;
    // NOMEM, INTERRUPT
    for (codes, health) in [
        (&[5, 517, 6, 262, 15, 19][..], Health::Well),
        (&[10, 11, 13, 14], Health::Failed),
        (&[7, 9], Health::Unknown),
    ] {
        for code in codes {
            assert_eq!(coded(*code).health(), health, "{code}");
        }
    }
}

#[test]
fn a_value_that_is_not_ready_is_no_failure_of_the_service() {
    let breaker = breaker();
    let mut polls = 0;
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(9))
        .wait(wait::none())
        .when(when::transient())
        .until(|percent: &u32| *percent == 100)
        .breaker(&breaker);
    let outcome = policy.run(|| {
        polls += 1;
        io::Result::Ok(20 * polls)
    });
    assert_eq!((outcome.unwrap(), polls), (100, 5));
    assert_eq!(breaker.state(), State::Closed);
    let refused = || io::Result::<u32>::Err(ErrorKind::ConnectionRefused.into());
    assert!(policy.run(refused).is_err());
    assert_eq!(breaker.state(), State::Open);
}
