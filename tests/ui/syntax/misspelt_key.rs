use persevere::retry;

#[retry(sotp = after_attempt(3))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
