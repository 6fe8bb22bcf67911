use std::io;

use persevere::retry;

#[retry(before_sleep = before_sleep_log(logger))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
