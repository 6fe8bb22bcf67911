//! The shop for a minute of trouble: one of the services behind it is killed, and comes back.
//!
//! ```text
//! cargo run -p persevere-axum-tests --example service
//! cargo run -p persevere-axum-tests --example service -- serve   # until it is stopped, to look at it
//! ```

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use persevere::telemetry;
use shop::{Shop, Upstream, load};

#[tokio::main]
async fn main() {
    // After the recorder is set; `parts()` would show what calls share without a scrape that asks for it.
    let recorder = PrometheusBuilder::new().install_recorder().unwrap();
    telemetry::install();
    let mut upstreams = [(); 3].map(|()| Upstream::start());
    let addresses = upstreams.iter().map(Upstream::address).collect();
    let shop = Shop::new(addresses, recorder).serve().await;
    println!(
        "http://{shop}/stock/1  /price/1  /report/1  /search/1  /healthz  /resilience  /metrics"
    );

    upstreams[1].kill();
    println!("host 1 is down");
    load(shop, 8, 20).await;
    upstreams[1].revive();
    println!("host 1 is back");
    load(shop, 8, 20).await;
    for path in ["resilience", "metrics"] {
        let response = reqwest::get(format!("http://{shop}/{path}")).await.unwrap();
        println!("\n/{path}\n{}", response.text().await.unwrap());
    }
    if std::env::args().nth(1).as_deref() == Some("serve") {
        loop {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
    }
}
