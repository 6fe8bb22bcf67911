//! Guards around functions with another crate's error, and the errors that the guards make of it.

use std::error::Error;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use persevere::stop::{self, cancelled};
use persevere::when::{self, AsCause, CauseIs, DynError, OnUnsent, TransientCause};
use persevere::{
    CancelToken, CircuitBreaker, Health, Interrupt, Next, Policy, Predicate, RetryBudget,
    RetryPolicy, Transient, Verdict, retry, wait,
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Runs a function under each guard, by the attribute and by a policy, and checks the error that the guard
/// makes. For a paused clock.
///
/// # Panics
///
/// If an interrupt is not found in the error, or is judged otherwise there.
pub async fn each_guard<E: From<Interrupt> + Error + 'static>() {
    let judges = Judges {
        is: when::cause_is::<Interrupt>(),
        transient: when::transient_cause::<io::Error>(),
        unsent: when::unsent_cause::<io::Error>(),
    };
    judges.each_key::<E>().await;
    judges.each_limit_of_a_policy::<E>().await;
}

/// Checks each guard for an error that hides another: `Box<dyn Error>`, `anyhow::Error`.
///
/// # Panics
///
/// As [`each_guard`].
pub async fn each_guard_of_boxed<E: From<Interrupt> + AsCause<DynError>>() {
    let judges = Judges {
        is: when::cause_is::<Interrupt>().in_dyn_error(),
        transient: when::transient_cause::<io::Error>().in_dyn_error(),
        unsent: when::unsent_cause::<io::Error>().in_dyn_error(),
    };
    judges.each_key::<E>().await;
    judges.each_limit_of_a_policy::<E>().await;
}

/// Predicates over an error whose chain is found through `K`.
struct Judges<K> {
    is: CauseIs<Interrupt, K>,
    transient: TransientCause<io::Error, K>,
    unsent: TransientCause<io::Error, K, OnUnsent>,
}

impl<K> Judges<K> {
    async fn each_key<E: From<Interrupt> + AsCause<K>>(&self) {
        self.found(late::<E>().await, Interrupt::Deadline);
        self.found(cut::<E>(&token()).await, Interrupt::Cancelled);
        let attempts = AtomicU32::new(0);
        self.found(hanging::<E, K>(&attempts).await, Interrupt::AttemptTimeout);
        assert_eq!(attempts.into_inner(), 3, "a timeout is retried");

        let breaker = CircuitBreaker::new("open").consecutive(1).open_for(HOUR);
        let _ = breaker.try_call(|| Err::<(), _>("down"));
        self.open(refused::<E>(&breaker));
        self.open(refused_async::<E>(&breaker).await);
        self.open(breaker.call(|| Ok::<_, E>(1)));
        self.open(RetryPolicy::new().breaker(&breaker).run(|| Ok::<_, E>(1)));

        let budget = RetryBudget::in_flight(1, 0.0);
        let policy = RetryPolicy::new().budget(&budget);
        let mut other = policy.start();
        assert!(matches!(other.next(&None::<u32>), Next::Sleep(_)));
        self.found(polled::<E>(&budget).await, Interrupt::Budget);
        self.found(polled_blocking::<E>(&budget), Interrupt::Budget);
        let policy = RetryPolicy::new().wait(wait::none()).budget(&budget);
        // A budget needs the deadline beside it. A budget alone also accepts errors that cannot be made from
        // an interrupt, and then keeps the value.
        let policy = policy.when(when::ok(|n: &u32| *n == 1)).deadline(HOUR);
        self.found(policy.run(|| Ok::<_, E>(1)), Interrupt::Budget);
    }

    async fn each_limit_of_a_policy<E: From<Interrupt> + AsCause<K>>(&self) {
        let hangs = || pending::<Result<u32, E>>();
        let policy = RetryPolicy::new().deadline(SECOND);
        self.found(policy.run_async(hangs).await, Interrupt::Deadline);
        let policy = RetryPolicy::new().deadline(Duration::ZERO);
        self.found(policy.run(|| Ok::<_, E>(1)), Interrupt::Deadline);
        let token = token();
        let policy = RetryPolicy::new().stop(cancelled(&token).abort_attempt());
        self.found(policy.run_async(hangs).await, Interrupt::Cancelled);

        let attempts = AtomicU32::new(0);
        let policy = RetryPolicy::new()
            .attempt_timeout(SECOND)
            .wait(wait::none());
        let policy = policy.stop(stop::after_attempt(2));
        let outcome = policy.run_async(|| {
            attempts.fetch_add(1, Relaxed);
            hangs()
        });
        self.found(outcome.await, Interrupt::AttemptTimeout);
        assert_eq!(attempts.into_inner(), 2);
    }

    /// Checks that the interrupt is the error's cause, and is judged as itself.
    #[track_caller]
    fn found<E: AsCause<K>>(&self, outcome: Result<u32, E>, expected: Interrupt) {
        assert_eq!(self.is.verdict(&outcome), Verdict::Retry, "{expected:?}");
        let verdict = self.transient.verdict(&outcome);
        assert_eq!(verdict, expected.verdict(), "{expected:?}");
        let health = self.transient.health(&outcome, verdict);
        assert_eq!(health, expected.health(), "{expected:?}");
        assert_eq!(
            self.unsent.verdict(&outcome),
            Verdict::Final,
            "{expected:?}"
        );
    }

    /// Checks that the refusal carries the time that the breaker stays open, and that nothing was sent.
    #[track_caller]
    fn open<E: AsCause<K>>(&self, outcome: Result<u32, E>) {
        assert_eq!(self.is.verdict(&outcome), Verdict::Retry);
        let verdict = self.transient.verdict(&outcome);
        assert_eq!(self.unsent.verdict(&outcome), verdict);
        assert_eq!(self.transient.health(&outcome, verdict), Health::Unknown);
        let Verdict::RetryAfter(left) = verdict else {
            panic!("{verdict:?}");
        };
        assert!(left <= HOUR && left > HOUR / 2, "{left:?}");
    }
}

/// Checks that the errors that guards make themselves are transient as their interrupts are.
///
/// # Panics
///
/// If one is not judged as the interrupt is.
pub fn each_is_judged<E: From<Interrupt> + Transient>() {
    for interrupt in [
        Interrupt::AttemptTimeout,
        Interrupt::Deadline,
        Interrupt::Cancelled,
        Interrupt::Budget,
        Interrupt::CircuitOpen { retry_after: None },
        Interrupt::CircuitOpen {
            retry_after: Some(SECOND),
        },
    ] {
        let error = E::from(interrupt);
        assert_eq!(error.verdict(), interrupt.verdict(), "{interrupt:?}");
        assert_eq!(error.unsent(), interrupt.unsent(), "{interrupt:?}");
        assert_eq!(error.health(), interrupt.health(), "{interrupt:?}");
        let unsent = error.unsent_without_redirects();
        assert_eq!(unsent, interrupt.unsent(), "{interrupt:?}");
    }
}

fn token() -> CancelToken {
    let token = CancelToken::new();
    token.cancel();
    token
}

#[retry(deadline = 1s)]
async fn late<E: From<Interrupt>>() -> Result<u32, E> {
    pending().await
}

#[retry(attempt_timeout = 1s, wait = none(), when = transient_cause::<io::Error>())]
async fn hanging<E, K>(attempts: &AtomicU32) -> Result<u32, E>
where
    E: From<Interrupt> + AsCause<K>,
{
    attempts.fetch_add(1, Relaxed);
    pending().await
}

#[retry(stop = cancelled(token).abort_attempt())]
async fn cut<E: From<Interrupt>>(token: &CancelToken) -> Result<u32, E> {
    pending().await
}

#[retry(breaker = breaker)]
fn refused<E: From<Interrupt>>(breaker: &CircuitBreaker) -> Result<u32, E> {
    Ok(1)
}

#[retry(breaker = breaker)]
async fn refused_async<E: From<Interrupt>>(breaker: &CircuitBreaker) -> Result<u32, E> {
    Ok(1)
}

#[retry(budget = budget, on = Ok(1), wait = none())]
async fn polled<E: From<Interrupt>>(budget: &RetryBudget) -> Result<u32, E> {
    Ok(1)
}

#[retry(budget = budget, on = Ok(1), wait = none())]
fn polled_blocking<E: From<Interrupt>>(budget: &RetryBudget) -> Result<u32, E> {
    Ok(1)
}
