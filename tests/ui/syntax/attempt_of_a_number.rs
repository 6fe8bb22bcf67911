use persevere::retry;

#[retry(attempt = 3)]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
