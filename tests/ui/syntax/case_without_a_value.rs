use persevere::retry;

#[retry(case(Err(404), wait))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
