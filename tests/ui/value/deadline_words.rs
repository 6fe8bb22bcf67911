use std::io;

use persevere::retry;

#[retry(deadline = "soon")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
