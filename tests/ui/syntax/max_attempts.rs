use persevere::retry;

#[retry(max_attempts = self::LIMIT)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
