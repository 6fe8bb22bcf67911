use std::io;

use persevere::retry;

#[retry(hedge = delay(50ms).copies(2))]
pub async fn ping(body: String) -> io::Result<()> {
    drop(body);
    Ok(())
}

fn main() {}
