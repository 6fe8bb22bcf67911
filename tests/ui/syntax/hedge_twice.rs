use std::io;

use persevere::retry;

#[retry(hedge = delay(50ms), hedge = delay(60ms))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
