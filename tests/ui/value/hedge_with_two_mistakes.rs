use std::io;

use persevere::retry;

#[retry(hedge = dealy(50ms).copies(5))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
