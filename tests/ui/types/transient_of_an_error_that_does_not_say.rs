use persevere::retry;

#[derive(Debug)]
pub struct Refused;

#[retry(when = transient())]
pub async fn ping() -> Result<(), Refused> {
    Ok(())
}

fn main() {}
