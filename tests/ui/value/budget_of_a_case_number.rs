use std::io;

use persevere::retry;

#[retry(case(Err(_), budget = 5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
