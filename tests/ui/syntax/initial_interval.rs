use std::io;

use persevere::retry;

#[retry(initial_interval = 500ms)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
