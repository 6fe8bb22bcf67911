//! Predicates and patterns that look at the number of the attempt.

use std::time::Duration;

use persevere::{Attempt, CircuitBreaker, Policy, RetryPolicy, hedge, retry, stop, wait, when};

use crate::common::{Refused, Tries};

static OPEN_LATE: CircuitBreaker = CircuitBreaker::new("late").consecutive(100);

fn refused(tries: &Tries) -> std::io::Result<u32> {
    Err(Refused(tries.next()).into())
}

macro_rules! numbered {
    ($($name:ident [$($key:tt)+] $made:literal;)+) => {
        $(
            #[retry($($key)+, stop = after_attempt(9), wait = none())]
            fn $name(tries: &Tries) -> std::io::Result<u32> {
                refused(tries)
            }
        )+

        #[test]
        fn the_number_is_known() {
            $(
                let tries = Tries::new();
                assert!($name(&tries).is_err());
                assert_eq!(tries.made(), $made, stringify!($name));
            )+
        }
    };
}

numbered! {
    word [when = attempt(|_, n| n < 4)] 4;
    word_under_guards [when = attempt(|_, n| n < 4), deadline = 1min, breaker = &OPEN_LATE] 4;
    combined [when = transient() & attempt(|_, n| n < 3) | attempt(|_, n| n == 5)] 3;
    in_a_guard [on = Err(_) if at.number() < 4, attempt = at] 4;
    in_a_guard_under_guards [on = Err(_) if at.number() < 4, attempt = at, deadline = 1min] 4;
    in_a_case [case(Err(_) if at.number() < 3, wait = none()), attempt = at, breaker = &OPEN_LATE] 3;
    in_unless [unless = Err(_) if at.number() == 5, attempt = at] 5;
    in_a_closure [when = err(|_| at.number() < 6), attempt = at, deadline = 1min] 6;
    by_policy [policy = RetryPolicy::new().when(when::attempt(|_: &std::io::Result<u32>, n| n < 2))] 2;
    whoever_judges [when = Third] 3;
}

/// A predicate of the user's own.
struct Third;

impl<O> persevere::Predicate<O> for Third {
    fn verdict(&self, _: &O) -> persevere::Verdict {
        unreachable!("calls give the number")
    }

    fn verdict_at(&self, _: &O, attempt: u32) -> persevere::Verdict {
        persevere::Verdict::retry_if(attempt < 3)
    }
}

#[test]
fn cases_steps_and_boxes_know_the_number() {
    let early = || when::attempt(|outcome: &Result<(), u32>, n| outcome.is_err() && n < 3);
    let policy = RetryPolicy::new().stop(stop::never()).wait(wait::none());
    let attempts = |policy: &dyn Fn() -> u32| policy();
    let case = policy
        .when(when::never())
        .case(early(), stop::never(), wait::none());
    assert_eq!(attempts(&|| case.report(|| Err(1)).attempts()), 3);
    let boxed: Box<dyn persevere::Predicate<Result<(), u32>>> = Box::new(early());
    let boxed = RetryPolicy::new()
        .stop(stop::never())
        .wait(wait::none())
        .when(when::never() | boxed);
    assert_eq!(boxed.report(|| Err(1)).attempts(), 3);
    let by_steps = RetryPolicy::new()
        .stop(stop::never())
        .wait(wait::none())
        .when(early());
    let mut call = by_steps.start();
    assert_eq!(call.next(&Err(1)), persevere::Next::Sleep(Duration::ZERO));
    assert_eq!(call.next(&Err(1)), persevere::Next::Sleep(Duration::ZERO));
    assert_eq!(call.next(&Err(1)), persevere::Next::Return);
}

/// All copies of an attempt have its number.
#[tokio::test(start_paused = true)]
async fn copies_know_the_number() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::attempt(|_: &Result<u32, u32>, n| n < 2))
        .hedge(hedge::delay(Duration::from_secs(1)));
    let made = Tries::new();
    let call = policy.report_async(|at: std::sync::Arc<Attempt>| {
        made.next();
        async move { Err::<u32, _>(at.number()) }
    });
    let report = call.await;
    assert_eq!((report.attempts(), made.made()), (2, 3));
    assert_eq!(report.into_outcome(), Err(2));

    #[retry(wait = none(), when = attempt(|_, n| n < 2), hedge = delay(1s), attempt = at)]
    async fn hedged(tries: &Tries) -> Result<u32, Refused> {
        let _ = &at;
        Err(Refused(tries.next()))
    }
    let tries = Tries::new();
    assert_eq!(hedged(&tries).await, Err(Refused(3)));

    #[retry(wait = none(), on = Err(_) if at.number() < 2, hedge = delay(1s), attempt = at)]
    async fn guarded(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }
    let tries = Tries::new();
    assert_eq!(guarded(&tries).await, Err(Refused(3)));
}
