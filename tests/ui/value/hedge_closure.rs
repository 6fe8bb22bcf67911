use std::io;

use persevere::retry;

#[retry(hedge = |_| true)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
