use std::io;

use persevere::retry;

#[retry(case(Err(_), buget = &BUDGET))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
