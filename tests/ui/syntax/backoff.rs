use persevere::retry;

#[retry(backoff = "exponential")]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
