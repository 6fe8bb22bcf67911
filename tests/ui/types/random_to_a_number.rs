use persevere::retry;

#[retry(wait = random(1s..high))]
pub fn ping(high: u64) -> Result<(), String> {
    Ok(())
}

fn main() {}
