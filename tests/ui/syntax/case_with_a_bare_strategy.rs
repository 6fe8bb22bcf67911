use persevere::retry;

#[retry(case(Err(404), after_attempt(2)))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
