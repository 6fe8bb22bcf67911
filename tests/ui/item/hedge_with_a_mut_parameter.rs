use std::io;

use persevere::retry;

#[retry(hedge = delay(50ms).copies(2))]
pub async fn ping(log: &mut Vec<u32>) -> io::Result<()> {
    log.push(1);
    Ok(())
}

fn main() {}
