//! The attribute and a policy of the same keys, which say the same.

use std::io;
use std::time::Duration;

use persevere::{RetryConfig, RetryPolicy, hedge, nested, retry, stop, wait, when};
use persevere_test_documented::documented;

use super::section;

type Outcome = io::Result<u32>;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn s(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Asserts that a function with these keys and the policy say the same.
macro_rules! same {
    ([$($keys:tt)*] $policy:expr) => {{
        /// Documented.
        #[retry($($keys)*)]
        #[documented(TEXT)]
        #[allow(unused)]
        async fn function() -> Outcome {
            Ok(1)
        }

        let policy = $policy;
        let described = policy.describe::<Outcome>().to_string();
        assert_eq!(section(TEXT), described.lines().collect::<Vec<_>>(), "{}", stringify!($($keys)*));
    }};
}

#[test]
fn stops_are_the_same() {
    let new = RetryPolicy::new();
    same!([] new);
    same!([stop = after_attempt(1)] new.stop(stop::after_attempt(1)));
    same!([stop = after_attempt(5) | after_delay(30s)] new.stop(stop::after_attempt(5) | stop::after_delay(s(30))));
    same!([stop = after_attempt(5) & before_delay(2min) | never()]
        new.stop((stop::after_attempt(5) & stop::before_delay(s(120))) | stop::never()));
    same!([stop = any((after_attempt(2), after_attempt(3), after_delay(1s)))]
        new.stop(stop::any((stop::after_attempt(2), stop::after_attempt(3), stop::after_delay(s(1))))));
    same!([stop = after_attempt(2) | after_attempt(3) | all([after_delay(1s), after_delay(2s)])]
    new.stop(
        stop::after_attempt(2)
            | stop::after_attempt(3)
            | stop::all([stop::after_delay(s(1)), stop::after_delay(s(2))])
    ));
}

#[test]
fn waits_are_the_same() {
    let new = RetryPolicy::new();
    same!([wait = none()] new.wait(wait::none()));
    same!([wait = 250ms] new.wait(ms(250)));
    same!([wait = random(1s..3s)] new.wait(wait::random(s(1)..s(3))));
    same!([wait = incrementing(1s, 500ms).max(10s)] new.wait(wait::incrementing(s(1), ms(500)).max(s(10))));
    same!([wait = exponential(100ms).factor(1.5).min(1s).max(1min).equal_jitter()]
        new.wait(wait::exponential(ms(100)).factor(1.5).max(s(60)).equal_jitter().min(s(1))));
    same!([wait = fibonacci(1s).jitter_ratio(0.25)] new.wait(wait::fibonacci(s(1)).jitter_ratio(0.25)));
    same!([wait = decorrelated(1s).max(20s)] new.wait(wait::decorrelated(s(1)).max(s(20))));
    same!([wait = schedule([1s, 5s, 30s]).jitter_add(1s)]
        new.wait(wait::schedule([s(1), s(5), s(30)]).jitter_add(s(1))));
    same!([wait = chain((none(), fixed(1s), exponential(1s).max(1min), fixed(1s) + random(0s..1s))).max(2min)]
        new.wait(wait::chain((
            wait::none(),
            wait::fixed(s(1)),
            wait::exponential(s(1)).max(s(60)),
            wait::fixed(s(1)) + wait::random(s(0)..s(1)),
        )).max(s(120))));
    same!([wait = fixed(1s) + fixed(2s) + fixed(3s).full_jitter()]
        new.wait(wait::fixed(s(1)) + wait::fixed(s(2)) + wait::fixed(s(3)).full_jitter()));
}

#[test]
fn predicates_are_the_same() {
    let new = RetryPolicy::new();
    same!([when = transient()] new.when(when::transient()));
    same!([when = unsent(), wait = fixed(1s).hint_max(5min)]
        new.when(when::unsent()).wait(wait::fixed(s(1)).hint_max(s(300))));
    same!([when = idempotent(true)] new.when(when::idempotent(true)));
    same!([when = idempotent(false) | message("busy")] new.when(when::idempotent(false) | when::message("busy")));
    same!([when = any_failure() & !message("busy")] new.when(when::any_failure() & !when::message("busy")));
    same!([when = always()] new.when(when::always()));
    same!([when = transient() & (any_failure() | always()) | unsent()]
        new.when((when::transient() & (when::any_failure() | when::always())) | when::unsent()));
}

#[test]
fn guards_are_the_same() {
    let new = RetryPolicy::new();
    same!([deadline = 10s, attempt_timeout = 2s] new.deadline(s(10)).attempt_timeout(s(2)));
    same!([reset_after = 1min, name = "payments"] new.reset_after(s(60)).name("payments"));
    same!([hedge = delay(50ms).copies(3), nested = share()]
        new.hedge(hedge::delay(ms(50)).copies(3)).nested(nested::share()));
    same!([enabled = false] new.enabled(false));
    same!([nested = single()] new.nested(nested::single()));
}

#[test]
fn policies_without_their_types_say_the_same() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(5) | stop::after_delay(s(30)))
        .wait(wait::schedule([s(1), s(5)]))
        .when(when::transient());
    let text = policy.describe::<Outcome>().to_string();
    assert_eq!(policy.shared().describe::<Outcome>().to_string(), text);
    assert_eq!(
        policy.boxed::<Outcome>().describe::<Outcome>().to_string(),
        text
    );
    let config = RetryConfig::new()
        .stop("after_attempt(5) | after_delay(30s)".parse().unwrap())
        .wait("schedule([1s, 5s])".parse().unwrap());
    let built = config.policy().when(when::transient());
    assert_eq!(built.describe::<Outcome>().to_string(), text);
}

/// Of closures the text of a policy says only that they are rules of the program.
#[test]
fn closures_are_rules_of_the_program() {
    let policy = RetryPolicy::new()
        .stop(stop::stop_when(|progress| progress.attempt() > 3))
        .wait(wait::from_err(|_: &io::Error| None).or(wait::none()))
        .when(when::err(|_: &io::Error| true) | when::err_is::<io::Error>())
        .case(
            when::ok(|n: &u32| *n == 0),
            stop::after_attempt(2),
            wait::fixed(s(1)),
        );
    assert_eq!(
        policy.describe::<Outcome>().to_string(),
        "- Gives up once a rule of the program holds.\n\
         - Pauses between attempts: the time that a rule of the program reads from the error, or else none.\n\
         - Retries values for which a rule of the program holds by a count of its own; gives up after 2 attempts; \
         pauses: 1s.\n\
         - Retries errors for which a rule of the program holds, and also errors of type `std::io::error::Error`; \
         what is not retried is final.\n\
         - When it gives up, returns the last outcome."
    );
}
