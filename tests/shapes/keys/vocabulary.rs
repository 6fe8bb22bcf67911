//! Every word of the strategies, and the operators between them.

use crate::common::{Refused, Tries};
use persevere::{CancelToken, Progress, RetryBudget, RetryState, Stop, Verdict, Wait, retry};
use std::io;
use std::time::Duration;

macro_rules! retried {
    ($($name:ident [$($key:tt)+] $made:literal;)+) => {
        $(
            #[retry($($key)+)]
            fn $name(tries: &Tries) -> Result<u32, Refused> {
                tries.third()
            }
        )+

        #[test]
        fn every_word() {
            $(
                let tries = Tries::new();
                assert_eq!($name(&tries).is_ok(), $made == 3);
                assert_eq!(tries.made(), $made, stringify!($name));
            )+
        }
    };
}

const TWO: u32 = 2;

fn two() -> impl Stop {
    persevere::stop::after_attempt(TWO)
}

struct Twice;

impl Stop for Twice {
    fn stop(&self, progress: &Progress<'_>) -> Option<persevere::StopReason> {
        persevere::stop::after_attempt(2).stop(progress)
    }
}

struct Shortly;

impl<O> Wait<O> for Shortly {
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        Duration::from_nanos(u64::from(state.attempt()))
    }
}

static TOKEN: CancelToken = CancelToken::new();
static BUDGET: RetryBudget = RetryBudget::tokens(500);

fn pressure() -> f64 {
    0.5
}

fn shortly() -> Duration {
    Duration::from_nanos(1)
}

retried! {
    after_attempt [stop = after_attempt(2), wait = none()] 2;
    after_delay [stop = after_delay(0s), wait = none()] 1;
    before_delay [stop = before_delay(0ns), wait = none()] 1;
    never_stops [stop = never(), wait = none()] 3;
    any_tuple [stop = any((after_attempt(2), never())), wait = none()] 2;
    any_list [stop = any(after_attempt(2), never(), two()), wait = none()] 2;
    any_array [stop = any([after_attempt(2), after_attempt(5)]), wait = none()] 2;
    any_own_list [stop = any(vec![two(), two()]), wait = none()] 2;
    all_tuple [stop = all((after_attempt(1), after_attempt(2))), wait = none()] 2;
    stop_when [stop = stop_when(|p| p.attempt() == 2), wait = none()] 2;
    bare_closure [stop = |p| p.attempt() == 2, wait = none()] 2;
    or_and [stop = after_attempt(2) & after_attempt(1) | never(), wait = none()] 2;
    or_method [stop = after_attempt(2).or(never()).and(after_attempt(1)), wait = none()] 2;
    or_closure [stop = never() | (|p| p.attempt() == 2), wait = none()] 2;
    own_function [stop = two(), wait = none()] 2;
    own_value [stop = Twice, wait = none()] 2;
    own_combined [stop = after_attempt(5) | self::two(), wait = none()] 2;
    full_path [stop = persevere::stop::after_attempt(2), wait = persevere::wait::none()] 2;
    constant [stop = after_attempt(TWO), wait = none()] 2;
    branches [stop = if TWO == 2 { after_attempt(2) } else { after_attempt(3) }, wait = none()] 2;
    arms [stop = match TWO { 2 => after_attempt(2), _ => after_attempt(3) }, wait = none()] 2;
    block [stop = { let n = TWO; after_attempt(n) }, wait = none()] 2;
    cancelled [stop = after_attempt(2) | cancelled(&TOKEN).abort_attempt(), wait = none()] 2;
    boxed_branches [stop = if TWO > 2 {
        never().boxed()
    } else {
        (after_attempt(2) | never()).boxed()
    }, wait = none()] 2;
    boxed_arms [stop = match TWO {
        2 => cancelled(&TOKEN).boxed(), _ => stop_when(|p| p.attempt() == 9).boxed()
    } | after_attempt(2), wait = none()] 2;
    boxed_stop [stop = Box::new(two()) as Box<dyn Stop>, wait = none()] 2;

    fixed [wait = fixed(1ns)] 3;
    bare_duration [wait = 1ns] 3;
    own_duration [wait = shortly()] 3;
    random [wait = random(1ns..2ns)] 3;
    incrementing [wait = incrementing(1ns, 1ns)] 3;
    exponential [wait = exponential(1ns).factor(1.5).min(1ns).max(9ns).full_jitter()] 3;
    fibonacci [wait = fibonacci(1ns).equal_jitter().hint_max(1s)] 3;
    decorrelated [wait = decorrelated(1ns).max(5ns)] 3;
    schedule [wait = schedule([1ns, 2ns, 3ns])] 3;
    chain_tuple [wait = chain((none(), fixed(1ns)))] 3;
    chain_own_list [wait = chain(vec![Duration::ZERO; 2])] 3;
    chain_list [wait = chain(none(), 1ns, exponential(1ns))] 3;
    from_err [wait = from_err(|e| Some(Duration::from_nanos(e.0.into()))).or(none())] 3;
    from_outcome [wait = from_outcome(|o| o.is_err().then(shortly)).or(fixed(1ns))] 3;
    adaptive [wait = adaptive(&BUDGET)
        .over(exponential(1ns).factor(1.5)).factor(3.0).max(9ns).full_jitter()] 3;
    adaptive_over_its_own [wait = adaptive(self::pressure()).over(Shortly)] 3;
    sum [wait = fixed(1ns) + random(1ns..2ns).jitter_add(1ns) + fixed(1ns).jitter_ratio(0.5)] 3;
    wait_closure [wait = |s| Duration::from_nanos(s.attempt().into())] 3;
    own_wait [wait = Shortly] 3;
    wait_branches [wait = if TWO > 1 { fixed(1ns) } else { none() }] 3;

    boxed_waits [wait = if TWO > 1 { exponential(1ns).max(9ns).boxed() } else { 5s.boxed() }] 3;
    boxed_waits_of_errors [wait = if TWO > 1 {
        from_err(|e| Some(Duration::from_nanos(e.0.into()))).or(none()).boxed()
    } else {
        (fixed(1s) + random(1s..2s)).boxed()
    }] 3;
    boxed_predicates [when = if TWO > 1 { err(|e| e.0 == 1).boxed() } else { any_failure().boxed() }, wait = none()] 2;

    err [when = err(|e| e.0 == 1), wait = none()] 2;
    ok [when = ok(|v| *v > 3), wait = none()] 1;
    until [when = until(|v| *v > 3), wait = none()] 1;
    outcome [when = outcome(|o| o.is_err()), wait = none()] 3;
    attempt [when = attempt(|outcome, n| outcome.is_err() && n < 2), wait = none()] 2;
    attempts [when = err(|e| e.0 > 1) | attempt(|_, n| n == 1) & !attempt(|_, n| n > 1), wait = none()] 3;
    err_is [when = err_is::<Refused>(), wait = none()] 3;
    cause_is [when = cause_is::<io::Error>(), wait = none()] 1;
    transient_cause [when = transient_cause::<io::Error>(), wait = none()] 1;
    transient_causes [when = !transient_cause::<(io::Error, persevere::Interrupt)>() & any_failure(), wait = none()] 3;
    unsent_cause [when = unsent_cause::<io::Error>().no_redirects() | err(|e| e.0 == 1), wait = none()] 2;
    idempotent_cause [when = idempotent_cause::<(io::Error,)>(TWO > 1), wait = none()] 1;
    message [when = message("refused 1"), wait = none()] 2;
    any_failure [when = any_failure(), wait = none()] 3;
    never_retries [when = never(), wait = none()] 1;
    not [when = !err(|e| e.0 == 2) & any_failure(), wait = none()] 2;
    either [when = err(|e| e.0 == 1) | message("2"), wait = none()] 3;
    when_closure [when = |o| *o == Err(Refused(1)), wait = none()] 2;
    own_predicate [when = judge, wait = none()] 2;
    own_made [when = picky(1), wait = none()] 2;
}

fn judge(outcome: &Result<u32, Refused>) -> bool {
    *outcome == Err(Refused(1))
}

fn picky(n: u32) -> impl Fn(&Result<u32, Refused>) -> bool {
    move |outcome| *outcome == Err(Refused(n))
}

#[retry(when = always(), wait = none(), stop = after_attempt(5))]
fn always(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(when = transient(), wait = none())]
fn transient(tries: &Tries, kind: io::ErrorKind) -> io::Result<u32> {
    tries.next();
    Err(kind.into())
}

#[retry(when = unsent(), wait = none())]
fn unsent(tries: &Tries, kind: io::ErrorKind) -> io::Result<u32> {
    tries.next();
    Err(kind.into())
}

#[retry(when = idempotent(idempotent), wait = none())]
fn repeated(tries: &Tries, kind: io::ErrorKind, idempotent: bool) -> io::Result<u32> {
    tries.next();
    Err(kind.into())
}

/// The error of a client that may follow redirects.
#[derive(Debug)]
struct Unreachable;

impl persevere::Transient for Unreachable {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }

    fn unsent_without_redirects(&self) -> bool {
        true
    }
}

#[retry(when = unsent(), wait = none())]
fn redirected(tries: &Tries) -> Result<u32, Unreachable> {
    tries.next();
    Err(Unreachable)
}

#[retry(when = unsent().no_redirects() & !err(|_| false), wait = none())]
fn not_redirected(tries: &Tries) -> Result<u32, Unreachable> {
    tries.next();
    Err(Unreachable)
}

#[retry(when = idempotent(is), wait = none())]
fn repeated_redirected(tries: &Tries, is: bool) -> Result<u32, Unreachable> {
    tries.next();
    Err(Unreachable)
}

#[retry(when = idempotent(is).no_redirects(), wait = none())]
fn repeated_not_redirected(tries: &Tries, is: bool) -> Result<u32, Unreachable> {
    tries.next();
    Err(Unreachable)
}

#[test]
fn the_proof_of_a_client_without_redirects_counts_where_it_is_said() {
    let made = |call: &dyn Fn(&Tries) -> Result<u32, Unreachable>| {
        let tries = Tries::new();
        assert!(call(&tries).is_err());
        tries.made()
    };
    assert_eq!(made(&redirected), 1);
    assert_eq!(made(&not_redirected), 3);
    assert_eq!(made(&|tries| repeated_redirected(tries, false)), 1);
    assert_eq!(made(&|tries| repeated_redirected(tries, true)), 3);
    assert_eq!(made(&|tries| repeated_not_redirected(tries, false)), 3);
}

struct Odd;

impl<E> persevere::Predicate<Result<u32, E>> for Odd {
    fn verdict(&self, outcome: &Result<u32, E>) -> Verdict {
        Verdict::retry_if(outcome.as_ref().is_ok_and(|n| n % 2 == 1))
    }
}

#[retry(when = Odd, wait = none(), stop = never())]
fn odd(tries: &Tries) -> Result<u32, Refused> {
    Ok(tries.next())
}

#[test]
fn other_predicates() {
    let tries = Tries::new();
    assert_eq!(always(&tries), Ok(5));
    assert_eq!(tries.made(), 5);
    let cases = [
        (io::ErrorKind::ConnectionReset, 3, 1),
        (io::ErrorKind::ConnectionRefused, 3, 3),
        (io::ErrorKind::NotFound, 1, 1),
    ];
    for &(kind, when_transient, when_unsent) in cases.iter() {
        let tries = Tries::new();
        assert!(transient(&tries, kind).is_err());
        assert_eq!(tries.made(), when_transient);
        let tries = Tries::new();
        assert!(unsent(&tries, kind).is_err());
        assert_eq!(tries.made(), when_unsent);
        for &(idempotent, attempts) in [(true, when_transient), (false, when_unsent)].iter() {
            let tries = Tries::new();
            assert!(repeated(&tries, kind, idempotent).is_err());
            assert_eq!(tries.made(), attempts);
        }
    }
    assert_eq!(odd(&Tries::new()), Ok(2));
}
