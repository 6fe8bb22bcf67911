use persevere::retry;

#[retry(tries = 3)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
