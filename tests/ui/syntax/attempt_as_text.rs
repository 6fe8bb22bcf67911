use persevere::retry;

#[retry(attempt = "at")]
pub fn post() -> Result<u32, u32> {
    Ok(at.number())
}

fn main() {}
