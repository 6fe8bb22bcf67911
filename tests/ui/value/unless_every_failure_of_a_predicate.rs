use std::io;

use persevere::retry;

#[retry(when = transient() & err(|e| e.raw_os_error().is_some()), unless = Err(error))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
