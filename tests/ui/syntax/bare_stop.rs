use persevere::retry;

#[retry(after_attempt(3) | after_delay(30s))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
