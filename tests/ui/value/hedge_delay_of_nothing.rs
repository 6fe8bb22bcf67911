use std::io;

use persevere::retry;

#[retry(hedge = delay().copies(2))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
