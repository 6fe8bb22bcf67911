use persevere::retry;

#[retry(unretried = post)]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
