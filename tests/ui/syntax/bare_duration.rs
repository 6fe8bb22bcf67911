use persevere::retry;

#[retry(5s)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
