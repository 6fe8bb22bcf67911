use std::io;

use persevere::retry;

#[retry(case(Err(_), hedge = delay(50ms)))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
