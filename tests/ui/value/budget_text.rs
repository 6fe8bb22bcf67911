use std::io;

use persevere::retry;

#[retry(budget = "500")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
