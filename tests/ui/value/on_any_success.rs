use std::io;

use persevere::retry;

#[retry(on = Ok(_))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
