use persevere::retry;

#[retry(stop: after_attempt(3))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
