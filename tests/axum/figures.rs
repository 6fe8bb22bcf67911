//! The figures of `/metrics` add up, while a service behind is killed and comes back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use persevere::{StopReason, telemetry};
use shop::{FUNCTIONS, HOSTS, PRICES, REPORTS, STATS, Scrape, Shop, Upstream, load};

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_call_and_every_attempt_is_counted_once() {
    let recorder = PrometheusBuilder::new().install_recorder().unwrap();
    telemetry::install();
    let mut upstreams = [(); 3].map(|()| Upstream::start());
    let addresses = upstreams.iter().map(Upstream::address).collect();
    let shop = Shop::new(addresses, recorder).serve().await;

    load(shop, 16, 60).await;
    let ((), _) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            upstreams[1].kill();
        },
        load(shop, 16, 60),
    );
    load(shop, 16, 30).await;
    upstreams[1].revive();
    load(shop, 16, 60).await;
    // Until handlers of callers that went away are dropped.
    tokio::time::sleep(Duration::from_secs(2)).await;

    let text = reqwest::get(format!("http://{shop}/metrics"))
        .await
        .unwrap();
    let text = text.text().await.unwrap();
    let scrape = Scrape::read(&text);
    for ((function, seen), stats) in FUNCTIONS.iter().zip(&STATS) {
        let attempts = |outcome| {
            scrape.get(&format!(
                r#"retry_attempts_total{{function="{function}",outcome="{outcome}"}}"#
            ))
        };
        let give_ups = |reason: StopReason| {
            let reason = reason.label();
            scrape.get(&format!(
                r#"retry_give_ups_total{{function="{function}",reason="{reason}"}}"#
            ))
        };
        println!(
            "{function}: calls {}, ok {}, dropped {}+{}, attempts {}, copies {}; {stats}",
            read(&seen.calls),
            read(&seen.successes),
            read(&seen.dropped_in_attempt),
            read(&seen.dropped),
            read(&seen.attempts),
            read(&seen.copies)
        );
        let kinds = ["success", "final", "retry", "give_up"];
        println!("  {:?}", kinds.map(|kind| (kind, attempts(kind))));
        for reason in StopReason::ALL {
            if seen.ended(reason) + give_ups(reason) > 0 {
                println!("  {reason}: {} {}", seen.ended(reason), give_ups(reason));
            }
        }
        let sum: u64 = kinds.into_iter().map(attempts).sum();
        println!(
            "  attempts of metrics {sum} + dropped in one {} = {} begun {}; ",
            read(&seen.dropped_in_attempt),
            sum + read(&seen.dropped_in_attempt),
            read(&seen.attempts)
        );
    }
    for (host, breaker) in HOSTS.snapshot() {
        println!("host {host}: {} {:?}", breaker.state(), breaker.counts());
    }
    println!(
        "{}",
        reqwest::get(format!("http://{shop}/resilience"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    );
    println!("{text}");
    let _ = (&PRICES, &REPORTS);
}
