use std::io;

use persevere::retry;

#[retry(on = Err(error) if error.raw_os_error() == Some(11), on = Ok(None), unless = Err(_))]
pub fn ping() -> io::Result<Option<()>> {
    Ok(None)
}

fn main() {}
