use std::io;

use persevere::retry;

#[retry(stop = max_elapsed_time(3s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
