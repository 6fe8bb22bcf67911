use persevere::retry;

#[retry(stop = after_delay(seconds))]
pub fn ping(seconds: u64) -> Result<(), String> {
    Ok(())
}

fn main() {}
