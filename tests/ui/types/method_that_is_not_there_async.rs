use persevere::retry;

#[retry(when = transient() | err(|e| e.is_timeout()))]
pub async fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
