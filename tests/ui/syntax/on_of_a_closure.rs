use persevere::retry;

#[retry(on = |e| e.is_timeout())]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
