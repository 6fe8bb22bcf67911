use std::io;

use persevere::retry;

#[retry(hedge = delay(50ms).copies(-1))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
