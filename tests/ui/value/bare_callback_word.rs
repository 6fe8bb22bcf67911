use std::io;

use persevere::retry;

#[retry(before_sleep = log_warn)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
