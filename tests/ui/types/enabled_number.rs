use persevere::retry;

#[retry(enabled = retries)]
pub fn ping(retries: u32) -> Result<(), String> {
    Ok(())
}

fn main() {}
