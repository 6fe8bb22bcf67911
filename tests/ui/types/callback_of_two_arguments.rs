use persevere::retry;

#[retry(before_sleep = |attempt, error| println!("{attempt} {error}"))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
