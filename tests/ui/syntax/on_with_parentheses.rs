use persevere::retry;

#[retry(on(Err(404)))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
