use persevere::retry;

#[retry(attempt = at)]
pub fn ping() -> Result<u32, String> {
    Ok(at.attempt_number())
}

fn main() {}
