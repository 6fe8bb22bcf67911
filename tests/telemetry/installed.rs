//! `telemetry::install()`: every call of the process is told, whatever keys it has.

mod common;

use common::scrape::{Scrape, exporter, scrape};
use common::{Memory, with_default};
use persevere::{
    CircuitBreaker, Policy, RateLimiter, RetryPolicy, circuit_breaker, retry, telemetry, wait, when,
};
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

type Reply = Result<u32, &'static str>;

#[retry(name = "bare", wait = none())]
fn bare(calls: &mut u32, fails: u32) -> Reply {
    *calls += 1;
    if *calls <= fails {
        Err("busy")
    } else {
        Ok(*calls)
    }
}

#[retry(name = "guarded", deadline = 1500ms, wait = 1s)]
async fn guarded() -> io::Result<()> {
    Err(io::Error::other("secret"))
}

#[retry(name = "seen", metrics = true, attempt = at, wait = none())]
fn seen(calls: &mut u32, fails: u32, give_up: bool) -> Reply {
    *calls += 1;
    if give_up {
        at.give_up();
    }
    if *calls <= fails {
        Err("busy")
    } else {
        Ok(*calls)
    }
}

#[retry(name = "retries", wait = none(), before_sleep = log_debug())]
fn tells_retries() -> Reply {
    Err("busy")
}

#[retry(name = "ends", policy = telling(), before_sleep = |_| ())]
fn tells_ends() -> Reply {
    Err("busy")
}

fn telling() -> impl Policy<Reply> {
    RetryPolicy::new()
        .name("telling")
        .wait(wait::none())
        .on_failure(telemetry::log_info().hook())
}

static API: RateLimiter = RateLimiter::new("api").rate(1, Duration::from_secs(2));
static SHUT: CircuitBreaker = CircuitBreaker::new("shut");

#[circuit_breaker(&SHUT)]
fn refused() -> io::Result<()> {
    Ok(())
}

#[retry(name = "final", wait = none(), unless = Err("closed"))]
fn ends(reply: Reply) -> Reply {
    reply
}

#[retry(name = "final", wait = none(), unless = Err("closed"), on_failure = |_| ())]
fn ends_seen() -> Reply {
    Err("closed")
}

fn count(scrape: &Scrape, function: &str, outcome: &str) -> f64 {
    let labels = format!("function=\"{function}\",outcome=\"{outcome}\"");
    let sample = scrape.get(&format!("retry_attempts_total{{{labels}}}"));
    sample.unwrap_or(0.0)
}

fn reasons(scrape: &Scrape, function: &str) -> Vec<(String, f64)> {
    scrape.of("retry_give_ups_total", &format!("function=\"{function}\""))
}

fn call_all() {
    assert!(bare(&mut 0, 1).is_ok());
    assert!(bare(&mut 0, 9).is_err());
    assert!(seen(&mut 0, 1, false).is_ok());
    assert!(seen(&mut 0, 9, false).is_err());
    assert!(seen(&mut 0, 9, true).is_err());
    let policy = RetryPolicy::new().name("policy").wait(wait::none());
    assert!(policy.run(|| Reply::Err("busy")).is_err());
    assert!(policy.run(|| Reply::Ok(1)).is_ok());
    let once = RetryPolicy::new().name("policy").when(when::never());
    assert!(once.run(|| Reply::Err("closed")).is_err());
    assert!(ends(Ok(1)).is_ok() && ends(Err("closed")).is_err() && ends_seen().is_err());
    assert!(
        policy
            .metrics()
            .name("counted")
            .run(|| Reply::Err("busy"))
            .is_err()
    );
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    assert!(runtime.block_on(guarded()).is_err());
    let limited = RetryPolicy::new().rate_limiter(&API);
    for _ in 0..2 {
        let call = limited.run_async(async || io::Result::Ok(()));
        runtime.block_on(call).unwrap();
    }
    assert!(refused().is_err());
    assert!(tells_retries().is_err() && tells_ends().is_err());
    assert!(telling().run(|| Err("busy")).is_err());
    // Nobody makes these calls.
    let _ = (policy.schedule(), policy.resume(9, Duration::ZERO));
}

/// One test alone: it is for the whole process.
#[test]
fn every_call_is_told_once() {
    let _alone = exporter();
    SHUT.force_open();
    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        assert!(bare(&mut 0, 9).is_err());
        assert!(memory.take().events.is_empty());
        assert_eq!(count(&scrape(), "bare", "retry"), 0.0);
        telemetry::install();
        call_all();
    });

    let events = memory.take().events;
    let told = |function: &str| {
        let of = events
            .iter()
            .filter(|event| event.fields.get("function") == function);
        let line = |event: &common::Seen| {
            let (level, fields) = (event.level.clone(), &event.fields);
            format!("{level} {} {}", fields.get("attempt"), fields.get("reason"))
        };
        of.map(line).collect::<Vec<_>>()
    };
    let given_up = ["WARN 1 ", "WARN 2 ", "ERROR 3 attempts"];
    assert_eq!(told("bare"), [&["WARN 1 "][..], &given_up].concat());
    assert_eq!(told("policy"), given_up);
    assert_eq!(told("guarded"), ["WARN 1 ", "ERROR 2 deadline"]);
    // The change of the breaker is the line to read.
    assert_eq!(told("installed::refused"), ["DEBUG 0 circuit_open"]);
    let errors = |function: &str| {
        let of = events
            .iter()
            .filter(|event| event.fields.get("function") == function);
        of.map(|event| event.fields.get("error"))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(errors("bare"), BTreeSet::from(["&str"]));
    assert_eq!(errors("guarded"), BTreeSet::from(["std::io::error::Error"]));
    assert!(events.iter().all(|event| event.target == "persevere"));
    assert!(!format!("{events:?}").contains("secret"));

    let scrape = scrape();
    let waits = |of: &str| {
        scrape.get(&format!(
            "rate_limiter_wait_seconds_{of}{{rate_limiter=\"api\"}}"
        ))
    };
    assert_eq!((waits("count"), waits("sum")), (Some(1.0), Some(2.0)));
    let of = |function, outcome| count(&scrape, function, outcome);
    assert_eq!((of("bare", "retry"), of("bare", "give_up")), (3.0, 1.0));
    assert_eq!((of("policy", "retry"), of("policy", "give_up")), (2.0, 1.0));
    assert_eq!(
        (of("guarded", "retry"), of("guarded", "give_up")),
        (1.0, 1.0)
    );
    assert_eq!(of("installed::refused", "give_up"), 0.0);
    // Successes are counted too, and nothing twice.
    assert_eq!((of("bare", "success"), of("seen", "success")), (1.0, 1.0));
    assert_eq!((of("final", "success"), of("final", "final")), (1.0, 2.0));
    assert_eq!((of("policy", "success"), of("policy", "final")), (1.0, 1.0));
    assert_eq!((of("seen", "retry"), of("seen", "give_up")), (3.0, 2.0));
    assert_eq!(
        (of("counted", "retry"), of("counted", "give_up")),
        (2.0, 1.0)
    );
    let reasons = |function| reasons(&scrape, function);
    assert_eq!(
        reasons("seen"),
        [("attempts", 1.0), ("given_up", 1.0)].map(|(r, n)| (format!("reason=\"{r}\""), n))
    );
    assert_eq!(
        reasons("installed::refused"),
        [("reason=\"circuit_open\"".to_owned(), 1.0)]
    );
}
