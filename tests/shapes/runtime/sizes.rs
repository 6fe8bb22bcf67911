//! A future is no larger than that of the loop one would write by hand.

use crate::common::{Refused, Tries};
use persevere::{CircuitBreaker, RandomSource, RetryBudget, RetryStats, retry};
use std::error::Error;
use std::time::Duration;

async fn small(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

async fn large(tries: &Tries) -> Result<[u64; 4], Refused> {
    let held = [u64::from(tries.made()); 64];
    let n = tries.third_later().await?;
    Ok([held[n as usize]; 4])
}

fn is_transient(refused: &Refused) -> bool {
    refused.0 < 100
}

/// `initial · 2^(n − 1)`, at most `max`, and anything below that.
fn jittered(attempt: u32) -> Duration {
    let pause = Duration::from_millis(100) * 2u32.saturating_pow(attempt - 1);
    RandomSource::Thread.between(Duration::ZERO, pause.min(Duration::from_secs(10)))
}

async fn boxed(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third_later().await?)
}

fn is_any<E>(_: &E) -> bool {
    true
}

macro_rules! beside {
    ($callee:ident($arg:ty): $ret:ty, $error:ident, $retried:ident, $by_hand:ident) => {
        #[retry(
                                            stop = after_attempt(5),
                                            wait = exponential(100ms).max(10s).full_jitter(),
                                            when = err(|e| $error(e)),
            sleep = tokio::time::sleep,
                                        )]
        async fn $retried(given: $arg) -> $ret {
            $callee(given).await
        }

        async fn $by_hand(given: $arg) -> $ret {
            let mut attempt = 0;
            loop {
                attempt += 1;
                let pause = {
                    let outcome = async { $callee(given).await }.await;
                    match outcome {
                        Err(error) if $error(&error) && attempt < 5 => jittered(attempt),
                        outcome => return outcome,
                    }
                };
                tokio::time::sleep(pause).await;
            }
        }
    };
}

beside!(small(&Tries): Result<u32, Refused>, is_transient, retried_small, by_hand_small);
beside!(large(&Tries): Result<[u64; 4], Refused>, is_transient, retried_large, by_hand_large);
beside!(boxed(&Tries): Result<u32, Box<dyn Error>>, is_any, retried_boxed, by_hand_boxed);

#[retry(wait = none(), clone(text), sleep = tokio::time::sleep)]
async fn retried_clone(tries: &Tries, text: String) -> Result<usize, Refused> {
    let n = tries.third_later().await?;
    Ok(n as usize + text.len())
}

async fn by_hand_clone(tries: &Tries, text: String) -> Result<usize, Refused> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let pause = {
            let text = text.clone();
            let outcome = async {
                let n = tries.third_later().await?;
                Ok(n as usize + text.len())
            }
            .await;
            match outcome {
                Err(_) if attempt < 3 => Duration::ZERO,
                outcome => return outcome,
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// The size of the future of a function with each of these attributes.
macro_rules! sizes {
    ($tries:ident; $($name:ident [$($key:tt)*])+) => {
        [$({
            #[retry(sleep = tokio::time::sleep, $($key)*)]
            async fn $name($tries: &Tries) -> Result<u32, Refused> {
                small($tries).await
            }
            (stringify!($name), size_of_val(&$name(&Tries::new())))
        }),+]
    };
}

#[test]
fn no_larger_than_by_hand() {
    let tries = Tries::new();
    for (name, retried, by_hand) in [
        (
            "small",
            size_of_val(&retried_small(&tries)),
            size_of_val(&by_hand_small(&tries)),
        ),
        (
            "large",
            size_of_val(&retried_large(&tries)),
            size_of_val(&by_hand_large(&tries)),
        ),
        (
            "boxed",
            size_of_val(&retried_boxed(&tries)),
            size_of_val(&by_hand_boxed(&tries)),
        ),
        (
            "clone",
            size_of_val(&retried_clone(&tries, String::new())),
            size_of_val(&by_hand_clone(&tries, String::new())),
        ),
    ] {
        println!("{name}: {retried} bytes, by hand {by_hand}");
        assert!(
            retried <= by_hand,
            "{name}: {retried} bytes, by hand {by_hand}"
        );
    }
}

static STATS: RetryStats = RetryStats::new();

#[test]
fn a_key_adds_no_more_than_it_keeps() {
    let plain = size_of_val(&by_hand_small(&Tries::new()));
    let free = sizes! { tries;
        bare []
        wait [wait = fibonacci(1s) + random(1s..2s)]
        stop [stop = after_attempt(3) | never()]
        on [on = Err(Refused(1)) | Ok(0)]
        unless [unless = Err(Refused(1)), when = any_failure()]
        name [name = "name"]
    };
    for (name, size) in free {
        assert_eq!(size, plain, "{name}");
    }
    let word = sizes! { tries;
        case [case(Err(Refused(1)), stop = after_attempt(2))]
        stats [stats = &STATS]
        enabled [enabled = tries.made() == 0]
        limit [stop = after_attempt(tries.made())]
    };
    for (name, size) in word {
        assert!(
            size <= plain + 8,
            "{name}: {size} bytes, without it {plain}"
        );
    }
    let clock = sizes! { tries;
        delay [stop = after_delay(1s)]
        fallback [fallback = |g| g.into_outcome()]
    };
    for (name, size) in clock {
        assert!(
            size <= plain + 24,
            "{name}: {size} bytes, without it {plain}"
        );
    }
}

static BREAKER: CircuitBreaker = CircuitBreaker::new("breaker");
static BUDGET: RetryBudget = RetryBudget::tokens(500);

/// The sizes of two futures with each of these attributes: of a small attempt, and of a large one.
macro_rules! sizes_of_two {
    ($($name:ident [$($key:tt)*])+) => {
        [$({
            #[retry(sleep = tokio::time::sleep, $($key)*)]
            async fn of_small(tries: &Tries) -> Option<u32> {
                small(tries).await.ok()
            }
            #[retry(sleep = tokio::time::sleep, $($key)*)]
            async fn of_large(tries: &Tries) -> Option<[u64; 4]> {
                large(tries).await.ok()
            }
            let tries = Tries::new();
            let sizes = [size_of_val(&of_small(&tries)), size_of_val(&of_large(&tries))];
            (stringify!($name), sizes)
        }),+]
    };
}

/// A constant, however large the attempt is: its future is there once.
#[test]
fn a_guard_adds_a_constant() {
    let [(_, plain)] = sizes_of_two! { bare [] };
    let without_a_timer = sizes_of_two! {
        breaker [breaker = &BREAKER]
        view [breaker = BREAKER.failures(any_failure())]
        budget [budget = &BUDGET]
        single [nested = single()]
    };
    let with_a_timer = sizes_of_two! {
        deadline [deadline = 1min]
        attempt_timeout [attempt_timeout = 2s]
        share [nested = share()]
        all [
            deadline = 1min, attempt_timeout = 2s, breaker = &BREAKER, budget = &BUDGET,
            nested = share()
        ]
    };
    // The guards, and the outcome that is kept while the call sleeps.
    let watched = 400 + size_of::<Option<[u64; 4]>>();
    let timer = size_of::<tokio::time::Sleep>();
    let untimed = without_a_timer.map(|guarded| (guarded, watched));
    let timed = with_a_timer.map(|guarded| (guarded, watched + timer));
    for ((name, sizes), limit) in untimed.into_iter().chain(timed) {
        println!("{name}: {sizes:?} bytes, without it {plain:?}");
        for (guarded, plain) in sizes.into_iter().zip(plain) {
            assert!(
                guarded <= plain + limit,
                "{name}: {guarded} bytes, without it {plain}"
            );
        }
    }
}
