use std::io;

use persevere::retry;

#[retry(case(Err(_), deadline = 10s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
