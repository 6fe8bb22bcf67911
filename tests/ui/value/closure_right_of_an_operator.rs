use std::io;

use persevere::retry;

#[retry(when = transient() | |o| o.is_ok())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
