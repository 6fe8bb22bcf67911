//! Errors that hide others. The outermost error that knows whether it is transient decides.
#![cfg(feature = "std")]

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use crate::common::{SECOND, secs};
use persevere_core::breaker::State;
use persevere_core::when::{
    AsCause, TransientTypes, cause_is, err, err_is, idempotent_cause, transient_cause, unsent_cause,
};
use persevere_core::{
    Bulkhead, CircuitBreaker, Classified, Health, Interrupt, Predicate, RateLimiter, RetryPolicy,
    Transient, Verdict, stop, wait,
};

const FINAL: Verdict = Verdict::Final;
const RETRY: Verdict = Verdict::Retry;

type Hidden = Box<dyn Error + Send + Sync>;

/// A pool's error, which hides its driver's.
#[derive(Debug)]
enum Pool<E> {
    Timeout,
    Backend(E),
}

impl<E> fmt::Display for Pool<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection")
    }
}

impl<E: Error + 'static> Error for Pool<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Pool::Timeout => None,
            Pool::Backend(error) => Some(error),
        }
    }
}

/// A driver's error.
#[derive(Debug)]
enum Driver {
    Busy(Duration),
    Exactly(Duration),
    Conflict,
    Refused,
    Redirected,
    Io(io::Error),
}

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("driver")
    }
}

impl Error for Driver {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Driver::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl Transient for Driver {
    fn verdict(&self) -> Verdict {
        match self {
            Driver::Busy(pause) => Verdict::RetryAfter(*pause),
            Driver::Exactly(pause) => Verdict::RetryIn(*pause),
            Driver::Io(_) => FINAL,
            _ => RETRY,
        }
    }

    fn unsent(&self) -> bool {
        matches!(self, Driver::Refused)
    }

    fn unsent_without_redirects(&self) -> bool {
        matches!(self, Driver::Refused | Driver::Redirected)
    }

    fn health(&self) -> Health {
        match self {
            Driver::Conflict => Health::Well,
            Driver::Io(_) => Health::Unknown,
            _ => Health::Failed,
        }
    }
}

fn kind(kind: ErrorKind) -> io::Error {
    kind.into()
}

/// Returns the verdict and the health by the types, for an error that implements `Error`.
fn asked<T: TransientTypes>(error: impl Error + 'static) -> (Verdict, Health) {
    let outcome = Err::<(), _>(error);
    let verdict = transient_cause::<T>().verdict(&outcome);
    (verdict, transient_cause::<T>().health(&outcome, verdict))
}

#[test]
fn the_verdict_the_hint_and_the_health_are_those_of_what_is_hidden() {
    for (driver, verdict, health) in [
        (
            Driver::Busy(SECOND),
            Verdict::RetryAfter(SECOND),
            Health::Failed,
        ),
        (
            Driver::Exactly(SECOND),
            Verdict::RetryIn(SECOND),
            Health::Failed,
        ),
        (Driver::Conflict, RETRY, Health::Well),
        (Driver::Refused, RETRY, Health::Failed),
        (
            Driver::Io(kind(ErrorKind::TimedOut)),
            FINAL,
            Health::Unknown,
        ),
    ] {
        let text = format!("{driver:?}");
        let found = asked::<Driver>(Pool::Backend(driver));
        assert_eq!(found, (verdict, health), "{text}");
    }
}

#[test]
fn where_none_is_found_it_is_final() {
    assert_eq!(asked::<Driver>(Pool::<Driver>::Timeout).0, FINAL);
    assert_eq!(
        asked::<Driver>(Pool::Backend(kind(ErrorKind::TimedOut))).0,
        FINAL
    );
    assert_eq!(
        asked::<(Driver, Classified<fmt::Error>)>(fmt::Error).0,
        FINAL
    );
    let ok = Ok::<_, Pool<Driver>>(1);
    assert_eq!(transient_cause::<Driver>().verdict(&ok), FINAL);
    // The verdict and the health by another predicate apply.
    let either =
        transient_cause::<Driver>() | err(|pool: &Pool<Driver>| matches!(pool, Pool::Timeout));
    let timeout = Err::<u8, _>(Pool::<Driver>::Timeout);
    assert_eq!(either.verdict(&timeout), RETRY);
    assert_eq!(either.health(&timeout, RETRY), Health::Failed);
}

#[test]
fn the_outermost_of_the_types_decides_in_whatever_order_they_are_named() {
    let hidden = || Pool::Backend(Driver::Io(kind(ErrorKind::TimedOut)));
    assert_eq!(asked::<(io::Error, Driver)>(hidden()).0, FINAL);
    assert_eq!(asked::<(Driver, io::Error)>(hidden()).0, FINAL);
    assert_eq!(
        asked::<(io::Error,)>(hidden()).0,
        RETRY,
        "the only one sought"
    );
    assert_eq!(asked::<io::Error>(hidden()).0, RETRY);
    // The error itself is the outermost.
    assert_eq!(asked::<(io::Error, Driver)>(Driver::Conflict).0, RETRY);
}

#[test]
fn a_list_has_up_to_eight_types() {
    type J<const N: usize> = Classified<Numbered<N>>;
    type Eight = (J<0>, J<1>, J<2>, J<3>, J<4>, J<5>, J<6>, io::Error);
    assert_eq!(
        asked::<Eight>(Pool::Backend(kind(ErrorKind::TimedOut))).0,
        RETRY
    );
    assert_eq!(asked::<Eight>(Classified::retry(Numbered::<6>)).0, RETRY);
    assert_eq!(asked::<Eight>(Classified::retry(Numbered::<7>)).0, FINAL);
}

#[derive(Debug)]
struct Numbered<const N: usize>;

impl<const N: usize> fmt::Display for Numbered<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N}")
    }
}

impl<const N: usize> Error for Numbered<N> {}

#[test]
fn whatever_hides_it_is_opened() {
    let busy = || Driver::Busy(SECOND);
    let after = Verdict::RetryAfter(SECOND);
    let shared: Arc<dyn Error + Send + Sync> = Arc::new(busy());
    for hidden in [
        Hidden::from(busy()),
        Pool::Backend(busy()).into(),
        Pool::Backend(Box::new(busy())).into(),
        Pool::Backend(Arc::new(busy())).into(),
        Pool::Backend(shared).into(),
        io::Error::other(busy()).into(),
        Pool::Backend(io::Error::other(Pool::Backend(busy()))).into(),
        Hidden::from(Box::new(Pool::Backend(busy())) as Box<dyn Error + Send + Sync>),
    ] {
        let text = format!("{hidden:?}");
        let verdict = boxed::<_, (fmt_error::Classified, Driver)>(Err(hidden));
        assert_eq!(verdict, after, "{text}");
    }
    let local = Err::<(), Box<dyn Error>>(Box::new(Pool::Backend(busy())));
    assert_eq!(boxed::<_, Driver>(local), after);
    let sent = Err::<(), Box<dyn Error + Send>>(Box::new(busy()));
    assert_eq!(boxed::<_, Driver>(sent), after);
}

mod fmt_error {
    pub(super) type Classified = persevere_core::Classified<std::fmt::Error>;
}

fn boxed<E: AsCause<persevere_core::when::DynError>, T: TransientTypes>(
    outcome: Result<(), E>,
) -> Verdict {
    transient_cause::<T>().in_dyn_error().verdict(&outcome)
}

#[cfg(feature = "anyhow")]
#[test]
fn an_error_of_anyhow_is_opened_under_any_number_of_contexts() {
    let error = anyhow::Error::new(Pool::Backend(Driver::Exactly(SECOND)));
    let error = Err::<(), _>(error.context("query").context("at startup"));
    assert_eq!(boxed::<_, Driver>(error), Verdict::RetryIn(SECOND));
    let error = Err::<(), _>(anyhow::anyhow!("no such user").context("query"));
    assert_eq!(boxed::<_, (Driver, io::Error)>(error), FINAL);
}

#[test]
fn what_a_call_gave_up_with_is_asked() {
    let policy = RetryPolicy::new().wait(wait::none());
    let report = policy.report(|| Err::<(), _>(Driver::Busy(SECOND)));
    let error = report.into_result().unwrap_err();
    assert_eq!(asked::<Driver>(error).0, Verdict::RetryAfter(SECOND));
}

#[test]
fn the_interrupt_of_a_guard_is_always_sought() {
    for (interrupt, verdict) in [
        (Interrupt::AttemptTimeout, RETRY),
        (Interrupt::Deadline, FINAL),
        (
            Interrupt::CircuitOpen {
                retry_after: Some(SECOND),
            },
            Verdict::RetryAfter(SECOND),
        ),
    ] {
        let health = interrupt.health();
        assert_eq!(asked::<Driver>(interrupt), (verdict, health));
        let wrapped = Pool::Backend(io::Error::from(interrupt));
        assert_eq!(asked::<Driver>(wrapped), (verdict, health));
        assert_eq!(boxed::<_, Driver>(Err(Hidden::from(interrupt))), verdict);
    }
    let breaker = CircuitBreaker::new("down").consecutive(1);
    let _ = breaker.try_call(|| Err::<(), _>(()));
    let refused = breaker.try_enter().unwrap_err();
    let (verdict, health) = asked::<Driver>(Pool::Backend(refused));
    assert!(matches!(verdict, Verdict::RetryAfter(left) if left <= secs(30.0)));
    assert_eq!(health, Health::Unknown);
}

/// The refusals of a limiter and of a bulkhead were final inside of another error.
#[test]
fn the_refusal_of_a_limit_is_always_sought() {
    let limiter = RateLimiter::new("quota").rate(1, secs(60.0));
    let _ = limiter.try_acquire();
    let limited = limiter.try_acquire().unwrap_err();
    let (verdict, health) = asked::<Driver>(Pool::Backend(limited));
    assert!(matches!(verdict, Verdict::RetryAfter(left) if left <= secs(60.0)));
    assert_eq!(health, Health::Unknown);
    let hidden = boxed::<_, Driver>(Err(Hidden::from(limited)));
    assert!(matches!(hidden, Verdict::RetryAfter(_)));

    let bulkhead = Bulkhead::new("places", 1).queue(0);
    let _place = bulkhead.try_enter();
    let full = bulkhead.try_enter().unwrap_err();
    assert_eq!(asked::<Driver>(Pool::Backend(full)).0, RETRY);
    assert_eq!(boxed::<_, Driver>(Err(Hidden::from(full))), RETRY);
}

#[test]
fn what_is_not_idempotent_is_repeated_where_what_is_hidden_proves_it() {
    let unsent = |driver| unsent_cause::<Driver>().verdict(&Err::<(), _>(Pool::Backend(driver)));
    assert_eq!(unsent(Driver::Refused), RETRY);
    assert_eq!(unsent(Driver::Busy(SECOND)), FINAL);
    assert_eq!(unsent(Driver::Redirected), FINAL);

    let no_redirects = unsent_cause::<Driver>().no_redirects().in_dyn_error();
    let hidden = |driver| Err::<(), Hidden>(Pool::Backend(driver).into());
    assert_eq!(no_redirects.verdict(&hidden(Driver::Redirected)), RETRY);
    assert_eq!(no_redirects.verdict(&hidden(Driver::Conflict)), FINAL);
    let health = no_redirects.health(&hidden(Driver::Conflict), FINAL);
    assert_eq!(health, Health::Well, "whatever is retried");

    for (is, driver, verdict) in [
        (true, Driver::Conflict, RETRY),
        (false, Driver::Conflict, FINAL),
        (false, Driver::Refused, RETRY),
        (false, Driver::Redirected, FINAL),
    ] {
        let predicate = idempotent_cause::<Driver>(is).in_dyn_error();
        assert_eq!(predicate.verdict(&hidden(driver)), verdict);
    }
    let predicate = idempotent_cause::<Driver>(false).no_redirects();
    let redirected = Err::<(), _>(Pool::Backend(Driver::Redirected));
    assert_eq!(predicate.verdict(&redirected), RETRY);
}

/// The upper error is that of a client, which has made more connections than the one that failed last.
#[test]
fn what_stands_above_and_knows_that_something_was_sent_outweighs_what_is_found() {
    // An `io::Error` of another kind is asked itself, and is not unsent.
    let hidden =
        |outer: ErrorKind| Err::<(), _>(Pool::Backend(io::Error::new(outer, Driver::Refused)));
    let unsent = unsent_cause::<Driver>();
    let unsafe_to_repeat = idempotent_cause::<Driver>(false).no_redirects();
    let safe_to_repeat = idempotent_cause::<Driver>(true);
    for (outer, verdict) in [
        (ErrorKind::ConnectionReset, FINAL),
        (ErrorKind::ConnectionRefused, RETRY),
        (ErrorKind::Other, RETRY),
    ] {
        assert_eq!(unsent.verdict(&hidden(outer)), verdict, "{outer}");
        assert_eq!(
            unsent.no_redirects().verdict(&hidden(outer)),
            verdict,
            "{outer}"
        );
        assert_eq!(unsafe_to_repeat.verdict(&hidden(outer)), verdict, "{outer}");
        assert_eq!(safe_to_repeat.verdict(&hidden(outer)), RETRY, "{outer}");
    }
    // An unknown error decides nothing.
    let unknown = Err::<(), _>(Pool::Backend(Pool::Backend(Driver::Refused)));
    assert_eq!(unsent.verdict(&unknown), RETRY);
}

#[test]
fn an_io_error_of_the_kind_other_gives_way_to_a_sought_type_inside() {
    type Both = (io::Error, Driver);
    let after = Verdict::RetryAfter(SECOND);
    assert_eq!(
        asked::<Both>(io::Error::other(Driver::Busy(SECOND))),
        (after, Health::Failed)
    );
    let deep = Pool::Backend(Arc::new(io::Error::other(Pool::Backend(Driver::Conflict))));
    assert_eq!(asked::<Both>(deep), (RETRY, Health::Well));
    let unsent = unsent_cause::<Both>();
    let refused = Err::<(), _>(io::Error::other(Driver::Refused));
    assert_eq!(unsent.verdict(&refused), RETRY);
    // With another kind it is the outermost, and without an inner error the only one.
    let denied = io::Error::new(ErrorKind::PermissionDenied, Driver::Busy(SECOND));
    assert_eq!(asked::<Both>(denied).0, FINAL);
    assert_eq!(
        asked::<io::Error>(io::Error::other(Interrupt::AttemptTimeout)).0,
        RETRY
    );
    assert_eq!(asked::<Both>(io::Error::other("no such user")).0, FINAL);
}

#[test]
fn an_error_behind_an_arc_or_a_box_is_of_its_type() {
    let plain = Err::<(), _>(Arc::new(Driver::Conflict));
    assert_eq!(err_is::<Driver>().verdict(&plain), RETRY);
    assert_eq!(cause_is::<Driver>().verdict(&plain), RETRY);
    let hidden = Err::<(), _>(Pool::Backend(Arc::new(Driver::Conflict)));
    assert_eq!(cause_is::<Driver>().verdict(&hidden), RETRY);
    assert_eq!(err_is::<Driver>().verdict(&hidden), FINAL);
    let hidden = Err::<(), _>(Pool::Backend(Box::new(Driver::Conflict)));
    assert_eq!(cause_is::<Driver>().verdict(&hidden), RETRY);
    let hidden = Err::<(), Hidden>(Box::new(Arc::new(Driver::Conflict)));
    assert_eq!(err_is::<Driver>().in_dyn_error().verdict(&hidden), RETRY);
}

#[test]
fn a_policy_waits_for_the_hint_and_its_breaker_hears_the_health() {
    let breaker = CircuitBreaker::new("pool").consecutive(1);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::none())
        .breaker(&breaker)
        .interrupt(|_| Err(Pool::Timeout))
        .when(transient_cause::<(io::Error, Driver)>());
    // A conflict is retried, although the service is well.
    let report = policy.report(|| Err::<(), _>(Pool::Backend(Driver::Conflict)));
    assert_eq!((report.attempts(), breaker.state()), (3, State::Closed));
    // A refusal is retried, until the breaker opens.
    let report = policy.report(|| Err::<(), _>(Pool::Backend(Driver::Refused)));
    assert_eq!((report.attempts(), breaker.state()), (1, State::Open));
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_time_that_ran_out_is_retried_and_not_unsent() {
    let late = tokio::time::timeout(SECOND, std::future::pending::<()>()).await;
    let late = late.unwrap_err();
    assert_eq!((late.verdict(), late.unsent()), (RETRY, false));
    assert_eq!(late.health(), Health::Failed);
    assert_eq!(io::Error::other(late).verdict(), RETRY);
    let late = tokio::time::timeout(SECOND, std::future::pending::<()>()).await;
    let hidden = late.map_err(|late| Hidden::from(Pool::Backend(late)));
    let sought = transient_cause::<(Driver, tokio::time::error::Elapsed)>().in_dyn_error();
    assert_eq!(sought.verdict(&hidden), RETRY);
    assert_eq!(sought.health(&hidden, RETRY), Health::Failed);
}

#[cfg(all(feature = "tokio", feature = "http"))]
#[tokio::test(start_paused = true)]
async fn a_time_that_ran_out_is_an_error_of_http() {
    use persevere_core::http::HttpError;
    async fn get() -> Result<(), HttpError> {
        tokio::time::timeout(SECOND, std::future::pending()).await?
    }
    let error = get().await.unwrap_err();
    assert_eq!((error.verdict(), error.unsent()), (RETRY, false));
    let elapsed = persevere_core::when::cause_is::<tokio::time::error::Elapsed>();
    assert_eq!(elapsed.verdict(&Err::<(), _>(error)), RETRY);
}

/// It displays the inner error, and returns that error's source.
#[cfg(feature = "http")]
#[test]
fn an_error_of_http_was_caused_by_what_is_inside() {
    use persevere_core::http::HttpError;
    let transport = || Err::<(), _>(HttpError::transport(Driver::Io(kind(ErrorKind::TimedOut))));
    assert_eq!(cause_is::<Driver>().verdict(&transport()), RETRY);
    assert_eq!(cause_is::<io::Error>().verdict(&transport()), RETRY);
    let interrupted = Err::<(), _>(Pool::Backend(HttpError::from(Interrupt::Deadline)));
    assert_eq!(cause_is::<Interrupt>().verdict(&interrupted), RETRY);
    assert_eq!(transient_cause::<HttpError>().verdict(&interrupted), FINAL);
}

#[cfg(feature = "http")]
#[test]
fn a_response_is_asked_where_the_error_hides_others() {
    use http::StatusCode;
    type Outcome = Result<StatusCode, Hidden>;
    let answered = |code| Outcome::Ok(StatusCode::from_u16(code).unwrap());
    let sought = transient_cause::<Driver>().in_dyn_error().responses();
    assert_eq!(sought.verdict(&answered(503)), RETRY);
    assert_eq!(sought.health(&answered(503), RETRY), Health::Failed);
    assert_eq!(sought.verdict(&answered(200)), FINAL);
    let busy = Outcome::Err(Pool::Backend(Driver::Busy(SECOND)).into());
    assert_eq!(sought.verdict(&busy), Verdict::RetryAfter(SECOND));
    let unsent = unsent_cause::<Driver>().in_dyn_error().responses();
    assert_eq!(unsent.verdict(&answered(503)), FINAL);
    assert_eq!(unsent.verdict(&answered(425)), FINAL);
    assert_eq!(unsent.no_redirects().verdict(&answered(425)), RETRY);
    let safe = idempotent_cause::<Driver>(true).in_dyn_error().responses();
    assert_eq!(safe.verdict(&answered(503)), RETRY);
}
