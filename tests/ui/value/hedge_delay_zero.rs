use std::io;

use persevere::retry;

#[retry(hedge = delay(0s))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
