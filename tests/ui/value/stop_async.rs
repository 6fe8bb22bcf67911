use std::io;

use persevere::retry;

#[retry(stop = async |progress| progress.attempt() > 3)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
