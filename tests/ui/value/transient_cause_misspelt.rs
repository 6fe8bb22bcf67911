use std::io;

use persevere::retry;

#[retry(when = transient_causes::<io::Error>())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
