use std::io;

use persevere::hedge::Latency;
use persevere::retry;

#[retry(hedge = quantile(&Latency::new(), 0.95))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
