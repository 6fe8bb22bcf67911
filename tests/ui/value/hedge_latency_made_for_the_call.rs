use std::io;

use persevere::retry;

#[retry(hedge = quantile(&persevere::hedge::Latency::new(), 0.95))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
