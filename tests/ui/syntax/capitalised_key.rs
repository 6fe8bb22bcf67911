use persevere::retry;

#[retry(Stop = after_attempt(3))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
