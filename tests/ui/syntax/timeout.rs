use persevere::retry;

#[retry(timeout = 30s)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
