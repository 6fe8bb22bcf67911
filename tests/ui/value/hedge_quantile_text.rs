use std::io;

use persevere::hedge::Latency;
use persevere::retry;

static LATENCY: Latency = Latency::new();

#[retry(hedge = quantile(&LATENCY, "p95"))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
