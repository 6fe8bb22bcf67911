use persevere::retry;

#[retry(on = transient())]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
