use persevere::retry;

const SEEN: bool = true;

#[retry(span = SEEN)]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

#[retry(metrics = "payments")]
pub fn pay() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
