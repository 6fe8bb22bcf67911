use persevere::retry;

#[retry(when = Err(_))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
