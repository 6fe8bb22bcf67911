use persevere::retry;

#[retry(delay = 5)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
