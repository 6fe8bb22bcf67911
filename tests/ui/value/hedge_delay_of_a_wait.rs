use std::io;

use persevere::retry;

#[retry(hedge = delay(fixed(50ms)))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
