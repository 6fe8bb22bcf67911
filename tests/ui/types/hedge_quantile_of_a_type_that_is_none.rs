use std::io;

use persevere::retry;

static LATENCY: u32 = 3;

#[retry(hedge = quantile(&LATENCY, 0.95))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
