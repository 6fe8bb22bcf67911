use std::io;

use persevere::retry;

#[retry(hedge = 2)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
