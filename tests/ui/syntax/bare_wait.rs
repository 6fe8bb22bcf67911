use persevere::retry;

#[retry(stop = after_attempt(3), exponential(100ms).max(10s))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
