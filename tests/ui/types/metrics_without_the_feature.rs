use persevere::retry;

#[retry(metrics = true, wait = none())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

#[retry(metrics = true)]
pub async fn ping_later() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
