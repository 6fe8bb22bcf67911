use persevere::retry;

#[retry(stop = , wait = 1s)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
