use persevere::retry;

#[retry(span = true, wait = none())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

#[retry(span = true)]
pub async fn ping_later() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
