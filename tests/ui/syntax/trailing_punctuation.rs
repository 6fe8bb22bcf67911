use persevere::retry;

#[retry(stop = after_attempt(3) @ home, wait = 1s)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
