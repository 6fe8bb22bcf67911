use persevere::retry;

#[retry(case(Err(404) wait = 2s))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
