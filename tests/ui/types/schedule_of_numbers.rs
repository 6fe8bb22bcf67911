use persevere::retry;

#[retry(wait = schedule(pauses))]
pub fn ping(pauses: &[u64]) -> Result<(), String> {
    Ok(())
}

fn main() {}
