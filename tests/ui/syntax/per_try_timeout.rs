use std::io;

use persevere::retry;

#[retry(per_try_timeout = self.limit)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
