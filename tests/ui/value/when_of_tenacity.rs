use std::io;

use persevere::retry;

#[retry(when = retry_if_exception_type(io::Error))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
