use std::io;

use persevere::retry;

#[retry(hedge = delay)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
