use std::io;

use persevere::retry;

#[retry(bulkhead = 20)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
