use std::io;

use persevere::retry;

#[retry(when = |outcome| async move { outcome.is_err() })]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
