use persevere::retry;

#[retry(once())]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
