use persevere::retry;

#[retry(wait = seconds)]
pub fn ping(seconds: u64) -> Result<(), String> {
    Ok(())
}

fn main() {}
