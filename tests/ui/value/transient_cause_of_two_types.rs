use std::io;

use persevere::{Interrupt, retry};

#[retry(when = transient_cause::<io::Error, Interrupt>())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
