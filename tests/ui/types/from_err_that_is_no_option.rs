use persevere::retry;

#[retry(wait = from_err(|e| 5s).or(fixed(1s)))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
