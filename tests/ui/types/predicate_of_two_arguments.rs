use persevere::retry;

#[retry(when = err(|e, n| n < 3))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
