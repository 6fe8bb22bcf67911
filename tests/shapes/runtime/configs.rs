//! Annotated functions whose policy is data, with what stays in the program beside it.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use persevere::testing;
use persevere::{Interrupt, RetryConfigs, StopReason, retry};

const SECOND: Duration = Duration::from_secs(1);

fn loaded(toml: &str) -> RetryConfigs {
    let set = RetryConfigs::new(&["payments"]);
    set.load_toml(toml).unwrap();
    set
}

#[retry(policy = config.get("payments"), when = transient())]
fn blocking(config: &RetryConfigs, kind: io::ErrorKind) -> io::Result<()> {
    Err(kind.into())
}

#[retry(policy = config.get("payments"), when = transient())]
async fn asynchronous(config: &RetryConfigs, kind: io::ErrorKind) -> io::Result<()> {
    Err(kind.into())
}

/// An error that nothing is known of.
#[derive(Debug, PartialEq)]
enum Failure {
    Interrupted(Interrupt),
    Own,
}

/// `interrupt` makes the conversion that the error has not.
#[retry(policy = config.get("payments"), interrupt = |i| Err(Failure::Interrupted(i)))]
fn told(config: &RetryConfigs) -> Result<(), Failure> {
    Err(Failure::Own)
}

#[retry(policy = &config, interrupt = |i| Err(Failure::Interrupted(i)))]
async fn told_slowly(config: persevere::RetryConfig) -> Result<(), Failure> {
    std::future::pending().await
}

#[retry(
    policy = config.get("payments"),
    stop = after_attempt(2),
    case(Err(Failure::Own), wait = 7s),
    interrupt = |i| Err(Failure::Interrupted(i)),
)]
fn beside_others(config: &RetryConfigs) -> Result<(), Failure> {
    Err(Failure::Own)
}

/// A policy of code goes on as it did.
#[retry(policy = persevere::RetryPolicy::new(), deadline = 1h, interrupt = |i| Err(Failure::Interrupted(i)))]
fn of_code() -> Result<(), Failure> {
    Err(Failure::Own)
}

#[test]
fn attempts_and_pauses_are_those_of_the_file() {
    let config = loaded("payments.wait = '1s + 500ms'\npayments.stop = 'after_attempt(4)'");
    let (_, recorded) = testing::record(|| blocking(&config, io::ErrorKind::TimedOut));
    recorded.attempts(4).slept(SECOND * 9 / 2);
    let (_, recorded) = testing::record(|| blocking(&config, io::ErrorKind::NotFound));
    recorded.attempts(1);
    config.load_toml("payments.enabled = false").unwrap();
    let (_, recorded) = testing::record(|| blocking(&config, io::ErrorKind::TimedOut));
    recorded.attempts(1);
}

#[tokio::test(start_paused = true)]
async fn futures_have_the_policy_of_when_they_began() {
    let config =
        loaded("payments.wait = 'schedule([1s, 2s, 3s])'\npayments.stop = 'after_delay(5s)'");
    let call = testing::record_async(asynchronous(&config, io::ErrorKind::TimedOut));
    let reload = async {
        tokio::time::sleep(SECOND / 2).await;
        config.load_toml("payments.enabled = false").unwrap();
    };
    let ((_, recorded), ()) = tokio::join!(call, reload);
    recorded
        .pauses([1, 2, 3].map(Duration::from_secs))
        .gave_up(StopReason::Elapsed);
    let (_, recorded) = testing::record_async(asynchronous(&config, io::ErrorKind::TimedOut)).await;
    recorded.attempts(1);
}

#[test]
fn the_program_says_what_an_interrupt_becomes() {
    let config = loaded("payments.wait = '1h'\npayments.deadline = '1min'");
    let (outcome, recorded) = testing::record(|| told(&config));
    assert_eq!(outcome, Err(Failure::Own)); // the outcome of the attempt before
    recorded.attempts(1).gave_up(StopReason::Deadline);

    config
        .load_toml("payments.breaker = 'consecutive(1)'\npayments.enabled = false")
        .unwrap();
    assert_eq!(told(&config), Err(Failure::Own));
    let refused = told(&config);
    assert!(matches!(
        refused,
        Err(Failure::Interrupted(Interrupt::CircuitOpen { .. }))
    ));
}

#[tokio::test(start_paused = true)]
async fn the_program_says_what_a_timeout_becomes() {
    let config = persevere::RetryConfig::new()
        .stop("after_attempt(2)".parse().unwrap())
        .attempt_timeout(SECOND);
    let outcome = told_slowly(config).await;
    assert_eq!(
        outcome,
        Err(Failure::Interrupted(Interrupt::AttemptTimeout))
    );
}

#[test]
fn keys_beside_the_policy_hold() {
    let config = loaded("payments.wait = '1s'\npayments.stop = 'after_attempt(9)'");
    let (_, recorded) = testing::record(|| beside_others(&config));
    recorded.attempts(2).slept(7 * SECOND);
    let attempts = Cell::new(0);
    let (_, recorded) = testing::record(|| {
        attempts.set(attempts.get() + 1);
        of_code()
    });
    recorded.attempts(3);
    assert_eq!(attempts.get(), 1);
}

#[retry(policy = persevere::RetryPolicy::new().enabled(false), when = transient())]
fn switched_off() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

#[retry(policy = persevere::RetryPolicy::new().enabled(false), enabled = true)]
fn switched_on() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

#[test]
fn whether_a_policy_is_enabled_holds_whatever_judges() {
    let (_, recorded) = testing::record(switched_off);
    recorded.attempts(1);
    let (_, recorded) = testing::record(switched_on);
    recorded.attempts(3);
}

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);

#[retry(policy = CONFIG.get("search"), when = transient())]
fn named_by_a_literal() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

#[retry(policy = &self::CONFIG.get("search").policy(), when = transient())]
async fn named_in_a_chain<T>(_: T) -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

/// A set of the user's own.
struct Policies(u32);

impl Policies {
    fn get(&self, _: &str) -> persevere::RetryPolicy<persevere::stop::AfterAttempt> {
        persevere::RetryPolicy::new().stop(persevere::stop::after_attempt(self.0))
    }
}

static POLICIES: Policies = Policies(4);

// A value of another type than the set is borrowed by hand: a literal name after it is looked up in the set.
#[retry(policy = (&POLICIES).get("any"), when = transient())]
fn named_in_a_set_of_ones_own() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

#[test]
fn a_name_that_the_compiler_looks_up_is_of_the_policy_as_it_is_now() {
    for attempts in [2, 5] {
        let toml = format!("[search]\nwait = 'none()'\nstop = 'after_attempt({attempts})'");
        CONFIG.load_toml(&toml).unwrap();
        let (_, recorded) = testing::record(named_by_a_literal);
        recorded.attempts(attempts);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let (_, recorded) = testing::record(|| runtime.block_on(named_in_a_chain(7)));
        recorded.attempts(attempts);
    }
    let (_, recorded) = testing::record(named_in_a_set_of_ones_own);
    recorded.attempts(4);
}

static TUNED: RetryConfigs = RetryConfigs::new(&["judged", "hedged", "both"])
    .with_when(&["judged", "both"])
    .with_hedge(&["hedged", "both"]);

#[retry(policy = TUNED.get("judged"), when = TUNED.when("judged", transient()))]
fn judged(kind: io::ErrorKind) -> io::Result<()> {
    Err(kind.into())
}

/// The values are polled, whatever the file says.
#[retry(policy = TUNED.get("judged"), when = TUNED.when("judged", transient()) | ok(|n: &u32| *n < 3))]
fn polled(next: &Cell<u32>) -> io::Result<u32> {
    next.set(next.get() + 1);
    match next.get() {
        0 => Err(io::ErrorKind::TimedOut.into()),
        n => Ok(n),
    }
}

/// The patterns come first.
#[retry(
    policy = TUNED.get("judged"),
    on = Err(e) if e.kind() == io::ErrorKind::NotFound,
    when = TUNED.when("judged", never())
)]
fn beside_a_pattern(kind: io::ErrorKind) -> io::Result<()> {
    Err(kind.into())
}

#[retry(
    policy = self::TUNED.get("judged"),
    when = self::TUNED.when("judged", err(|e| e.kind() == io::ErrorKind::NotFound))
)]
async fn judged_by_a_closure(kind: io::ErrorKind) -> io::Result<impl Send> {
    Err::<(), _>(kind.into())
}

#[retry(policy = TUNED.get("hedged"), hedge = TUNED.hedge("hedged", delay(1s).copies(3)))]
async fn hedged(copies: &Cell<u32>) -> io::Result<()> {
    copies.set(copies.get() + 1);
    tokio::time::sleep(SECOND * 10).await;
    Ok(())
}

static LATENCY: persevere::hedge::Latency = persevere::hedge::Latency::new();

#[retry(
    policy = TUNED.get("both"),
    when = TUNED.when("both", transient()),
    hedge = TUNED.hedge("both", quantile(&LATENCY, 0.95)),
    attempt_timeout = 30s
)]
async fn both(copies: &Cell<u32>) -> io::Result<()> {
    copies.set(copies.get() + 1);
    tokio::time::sleep(SECOND * 10).await;
    Err(io::ErrorKind::ConnectionReset.into())
}

/// A set that is passed around is asked at run time.
#[retry(policy = config.get("judged"), when = config.when("judged", persevere::when::transient()))]
fn judged_at_run_time(config: &RetryConfigs) -> io::Result<()> {
    Err(io::ErrorKind::ConnectionReset.into())
}

#[tokio::test(start_paused = true)]
async fn a_file_changes_what_the_program_says_of_when_and_hedge() {
    let attempts = |kind| {
        let (_, recorded) = testing::record(|| judged(kind));
        recorded.all_pauses().len() + 1
    };
    let reset = io::ErrorKind::ConnectionReset;
    assert_eq!([reset, io::ErrorKind::NotFound].map(attempts), [3, 1]);
    let next = Cell::new(0);
    assert_eq!(testing::record(|| polled(&next)).0.unwrap(), 3);
    let copies = Cell::new(0);
    hedged(&copies).await.unwrap();
    assert_eq!(copies.take(), 3);
    testing::record_async(both(&copies)).await.0.unwrap_err();
    assert_eq!(copies.take(), 3); // three attempts of one copy: nothing is measured so far

    let words = "judged.when = 'any_failure()'\nhedged.hedge = 'delay(1s).copies(4)'\n\
                 both.when = 'never()'\nboth.hedge = 'delay(4s)'";
    TUNED.load_toml(words).unwrap();
    assert_eq!([reset, io::ErrorKind::NotFound].map(attempts), [3, 3]);
    let (_, recorded) = testing::record_async(judged_by_a_closure(reset)).await;
    recorded.attempts(3);
    hedged(&copies).await.unwrap();
    assert_eq!(copies.take(), 4);
    testing::record_async(both(&copies)).await.0.unwrap_err();
    assert_eq!(copies.take(), 2); // one attempt of two copies

    TUNED.load_toml("judged.when = 'never()'").unwrap();
    assert_eq!([reset, io::ErrorKind::NotFound].map(attempts), [1, 1]);
    let (_, recorded) = testing::record_async(judged_by_a_closure(io::ErrorKind::NotFound)).await;
    recorded.attempts(1);
    next.set(0);
    assert_eq!(testing::record(|| polled(&next)).0.unwrap(), 3);
    let (_, recorded) = testing::record(|| beside_a_pattern(io::ErrorKind::NotFound));
    recorded.attempts(3);
    let (_, recorded) = testing::record(|| judged_at_run_time(&TUNED));
    recorded.attempts(1);

    TUNED.load_toml("").unwrap();
    assert_eq!([reset, io::ErrorKind::NotFound].map(attempts), [3, 1]);
    let (_, recorded) = testing::record_async(judged_by_a_closure(io::ErrorKind::NotFound)).await;
    recorded.attempts(3);
}
