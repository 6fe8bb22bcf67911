use std::io;

use persevere::retry;

#[retry(before_sleep = println!("again"))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
