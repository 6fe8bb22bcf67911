use persevere::retry;

#[retry(deadline = 10s)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
