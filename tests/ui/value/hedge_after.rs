use std::io;

use persevere::retry;

#[retry(hedge = after(50ms))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
