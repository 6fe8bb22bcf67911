use std::io;

use persevere::retry;

#[retry(when = "refused")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
