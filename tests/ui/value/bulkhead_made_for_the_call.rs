use std::io;

use persevere::retry;

#[retry(bulkhead = persevere::Bulkhead::new("reports", 20))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
