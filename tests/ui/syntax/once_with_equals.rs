use persevere::retry;

#[retry(once = id)]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
