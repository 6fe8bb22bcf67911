use std::io;

use persevere::retry;

#[retry(when = log_warn())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
