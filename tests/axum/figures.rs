//! The figures of `/metrics` add up, while a service behind is killed and comes back.

use std::net::SocketAddr;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use persevere::{StopReason, telemetry};
use shop::{Count, FUNCTIONS, HOSTS, PRICES, STATS, Scrape, Seen, Shop, Upstream, load};
use tokio::time::sleep;

/// The functions that are counted by a key too, and so have durations.
const KEYED: [&str; 2] = ["stock", "price"];

/// Waits until something is so: the pause is no part of what is asserted.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to be within 30 s");
}

async fn get(shop: SocketAddr, path: &str) -> String {
    let response = reqwest::get(format!("http://{shop}{path}")).await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

fn sum(of: impl Fn(&Seen) -> &Count) -> u64 {
    FUNCTIONS.iter().map(|(_, seen)| of(seen).get()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_call_and_every_attempt_is_counted_once() {
    let recorder = PrometheusBuilder::new().install_recorder().unwrap();
    telemetry::install();
    let mut upstreams = [(); 3].map(|()| Upstream::start());
    let addresses = upstreams.iter().map(Upstream::address).collect();
    let shop = Shop::new(addresses, recorder).serve().await;

    let mut answers = load(shop, 16, 60).await;
    let before = sum(|seen| &seen.calls);
    let (more, ()) = tokio::join!(load(shop, 16, 60), async {
        until(|| sum(|seen| &seen.calls) > before + 100).await;
        upstreams[1].kill();
    });
    answers.extend(more);
    answers.extend(load(shop, 16, 30).await);
    upstreams[1].revive();
    answers.extend(load(shop, 16, 60).await);
    until(|| {
        FUNCTIONS
            .iter()
            .all(|(_, seen)| seen.over() == seen.calls.get())
    })
    .await;

    let text = get(shop, "/metrics").await;
    let scrape = Scrape::read(&text);
    for ((function, seen), stats) in FUNCTIONS.iter().zip(&STATS) {
        check_calls(&scrape, function, seen);
        check_attempts(&scrape, function, seen);
        assert_eq!(stats.attempts(), seen.attempts.get());
        assert_eq!(
            stats.retries(),
            seen.attempts.get() - seen.first_attempts.get()
        );
    }
    check_parts(&scrape);
    check_hosts(&scrape, &upstreams);
    assert!(
        get(shop, "/resilience")
            .await
            .contains(r#""name":"reports""#)
    );
    assert_eq!(get(shop, "/healthz").await, "ok");

    for status in answers.into_iter().flatten() {
        assert!([200, 502, 503, 504].contains(&status.as_u16()), "{status}");
    }
    // All of it has happened: the figures are not those of an idle hour.
    assert!(FUNCTIONS[0].1.ended(StopReason::CircuitOpen) > 0);
    assert!(FUNCTIONS[2].1.ended(StopReason::BulkheadFull) > 0);
    assert!(sum(|seen| &seen.cut) > 0 && sum(|seen| &seen.dropped_in_attempt) > 0);
    assert!(sum(|seen| &seen.copies) > 0);
}

/// Calls are successes, final failures, give-ups by their reasons, and those that were dropped.
fn check_calls(scrape: &Scrape, function: &str, seen: &Seen) {
    let attempts = |outcome| attempts(scrape, function, outcome);
    assert_eq!(attempts("success"), seen.successes.get(), "{function}");
    assert_eq!(
        attempts("final"),
        seen.ended(StopReason::Final),
        "{function}"
    );
    let mut ended = attempts("success") + attempts("final");
    for reason in StopReason::ALL
        .into_iter()
        .filter(|reason| *reason != StopReason::Final)
    {
        let label = reason.label();
        let sample = format!(r#"retry_give_ups_total{{function="{function}",reason="{label}"}}"#);
        assert_eq!(
            scrape.get(&sample),
            seen.ended(reason),
            "{function}: {reason}"
        );
        ended += scrape.get(&sample);
    }
    let dropped = seen.dropped.get() + seen.dropped_in_attempt.get();
    assert_eq!(seen.calls.get(), ended + dropped, "{function}");
    if KEYED.contains(&function) {
        let sample = format!(r#"retry_duration_seconds_count{{function="{function}"}}"#);
        assert_eq!(scrape.get(&sample), ended, "{function}");
    }
}

/// Attempts are counted by what followed them, copies apart. Without a key those that were dropped, or that a deadline
/// cut, are not.
fn check_attempts(scrape: &Scrape, function: &str, seen: &Seen) {
    let outcomes = ["success", "final", "retry", "give_up", "dropped"];
    let counted: u64 = outcomes
        .into_iter()
        .map(|it| attempts(scrape, function, it))
        .sum();
    let (dropped, in_attempt) = (seen.dropped.get(), seen.dropped_in_attempt.get());
    if KEYED.contains(&function) {
        assert_eq!(seen.attempts.get(), counted, "{function}");
        assert_eq!(
            in_attempt,
            attempts(scrape, function, "dropped"),
            "{function}"
        );
        let sample = format!(r#"retry_dropped_total{{function="{function}"}}"#);
        assert_eq!(dropped + in_attempt, scrape.get(&sample), "{function}");
    } else {
        let uncounted = in_attempt + seen.cut.get();
        assert_eq!(seen.attempts.get(), counted + uncounted, "{function}");
    }
    // A copy is paid for although the one before it is ready at the same moment, and it never runs.
    assert!(seen.copies.get() <= copies(scrape, function), "{function}");
}

/// The parts that calls share have counted the attempts and calls that went through them.
fn check_parts(scrape: &Scrape) {
    let [(_, stock), (_, price), (_, report), (_, search)] = &FUNCTIONS;
    let permits = scrape.get(r#"rate_limiter_permits_total{rate_limiter="prices"}"#);
    assert_eq!(permits, price.attempts.get());
    assert_eq!(PRICES.counts().taken, permits);
    let refused = scrape.get(r#"bulkhead_refused_total{bulkhead="reports"}"#);
    assert_eq!(refused, report.ended(StopReason::BulkheadFull));
    assert_eq!(scrape.get(r#"bulkhead_in_use{bulkhead="reports"}"#), 0);
    // A call that is dropped in its pause gets back what it has paid.
    let retries = |seen: &Seen| seen.attempts.get() - seen.first_attempts.get();
    let paid = retries(stock) + retries(search) + copies(scrape, "search");
    let granted = scrape.get(r#"retry_budget_granted_total{budget="shop"}"#);
    assert_eq!(granted, paid);
}

/// Each host has a breaker of its own, whose figures are of that host alone.
fn check_hosts(scrape: &Scrape, upstreams: &[Upstream]) {
    let mut refused = 0;
    for (host, breaker) in HOSTS.snapshot() {
        let counts = breaker.counts();
        let to = |from, to| {
            let labels = format!(r#"breaker="hosts",key="{host}",from="{from}",to="{to}""#);
            scrape.sum(&format!("circuit_breaker_transitions_total{{{labels}"))
        };
        assert_eq!(
            to("closed", "open") + to("half_open", "open"),
            counts.opened,
            "{host}"
        );
        assert_eq!(to("open", "half_open"), counts.half_opened, "{host}");
        assert_eq!(to("half_open", "closed"), counts.closed, "{host}");
        refused += counts.refused;
        // Only the host that was killed was ever given up.
        assert_eq!(counts.refused > 0, host == "1", "{host}");
    }
    // A call also ends where its pause would be over before the breaker lets it through.
    assert!(refused <= FUNCTIONS[0].1.ended(StopReason::CircuitOpen));
    let answered: u64 = upstreams.iter().map(Upstream::answered).sum();
    assert!(answered <= sum(|seen| &seen.attempts) + sum(|seen| &seen.copies));
}

fn attempts(scrape: &Scrape, function: &str, outcome: &str) -> u64 {
    let labels = format!(r#"function="{function}",outcome="{outcome}""#);
    scrape.get(&format!("retry_attempts_total{{{labels}}}"))
}

fn copies(scrape: &Scrape, function: &str) -> u64 {
    scrape.get(&format!(
        r#"retry_hedged_copies_total{{function="{function}"}}"#
    ))
}
