use persevere::retry;

#[retry(case(Err(404), stop = after_attempt(2), fallback = |g| g.into_outcome()))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
