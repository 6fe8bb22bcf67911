use std::io;

use persevere::retry;

#[retry(initial_delay = 50ms)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
