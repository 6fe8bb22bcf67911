use std::io;

use persevere::retry;

#[retry(hedge = delay(seconds))]
pub async fn ping(seconds: u64) -> io::Result<()> {
    Ok(())
}

fn main() {}
