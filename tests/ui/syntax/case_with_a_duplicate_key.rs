use persevere::retry;

#[retry(case(Err(404), wait = 1s, wait = 2s))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
