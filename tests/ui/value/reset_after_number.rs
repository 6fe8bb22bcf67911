use std::io;

use persevere::retry;

#[retry(reset_after = 60)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
