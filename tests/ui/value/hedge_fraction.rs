use std::io;

use persevere::retry;

#[retry(hedge = 0.95)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
