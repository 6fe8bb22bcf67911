use persevere::retry;

#[retry(wait = |s| s.attempt() * 2)]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
