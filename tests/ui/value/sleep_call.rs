use std::io;

use persevere::retry;

#[retry(sleep = thread::sleep(5s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
