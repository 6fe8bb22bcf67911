use persevere::retry;

#[retry(on = Err(code) if)]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
