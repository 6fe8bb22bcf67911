use std::io;

use persevere::retry;

#[retry(when = message(refused))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
