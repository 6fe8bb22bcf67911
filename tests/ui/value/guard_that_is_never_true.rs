use std::io;

use persevere::retry;

#[retry(on = Err(_) if false, unless = Ok(_) if (false))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
