use std::io;

use persevere::retry;

#[retry(case(Ok(Some(0) | None), stop = after_attempt(2)), unless = Ok(_), when = transient())]
pub fn ping() -> io::Result<Option<u8>> {
    Ok(None)
}

fn main() {}
