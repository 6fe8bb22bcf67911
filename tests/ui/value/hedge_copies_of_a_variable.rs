use std::io;

use persevere::retry;

#[retry(hedge = delay(50ms).copies(copies))]
pub async fn ping(copies: usize) -> io::Result<()> {
    Ok(())
}

fn main() {}
