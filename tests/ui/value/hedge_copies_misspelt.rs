use std::io;

use persevere::retry;

#[retry(hedge = delay(50ms).copy(2))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
