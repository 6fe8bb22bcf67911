use persevere::retry;

#[retry(when = Err(404 | 503))]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
