use std::io;

use persevere::retry;

#[retry(before_sleep = log_warning())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
