use std::io;

use persevere::{Interrupt, retry};

#[retry(when = transient::<io::Error>() | unsent::<(io::Error, Interrupt)>())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
