use std::io;

use persevere::hedge::Latency;
use persevere::retry;

static LATENCY: Latency = Latency::new();

#[retry(hedge = quantile(&LATENCY, -0.5))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
