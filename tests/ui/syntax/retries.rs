use persevere::retry;

#[retry(retries = 5)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
