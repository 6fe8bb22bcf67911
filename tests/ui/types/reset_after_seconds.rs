use persevere::retry;

#[retry(reset_after = seconds)]
pub fn ping(seconds: u64) -> Result<(), String> {
    Ok(())
}

fn main() {}
