use std::io;

use persevere::retry;

#[retry(when = err_is())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
