use persevere::retry;

#[retry(stop = after_attempt(LIMIT))]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
