use std::io;

use persevere::retry;

#[retry(deadline = 10s, interrupt = async |i| Err(i.into()))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
