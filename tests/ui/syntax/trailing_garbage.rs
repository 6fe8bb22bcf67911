use persevere::retry;

#[retry(stop = after_attempt(3) times)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
