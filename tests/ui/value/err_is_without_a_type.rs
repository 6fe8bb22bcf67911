use std::io;

use persevere::retry;

#[retry(when = err_is(io::Error))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
