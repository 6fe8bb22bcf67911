use persevere::retry;

#[retry(on = Err(code) if code % 100)]
pub fn ping() -> Result<(), u32> {
    Ok(())
}

fn main() {}
