use persevere::retry;

#[retry(stop = after_attempt(3), wait = 1s, stop = after_delay(5s))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
