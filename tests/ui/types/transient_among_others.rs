use persevere::retry;

#[derive(Debug)]
pub struct Refused;

#[retry(when = transient() | ok(|v| *v < 3))]
pub async fn ping() -> Result<u32, Refused> {
    Ok(3)
}

fn main() {}
