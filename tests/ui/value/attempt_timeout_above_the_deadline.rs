use persevere::retry;

#[retry(attempt_timeout = 5s, deadline = 2s)]
pub async fn ping() -> std::io::Result<()> {
    Ok(())
}

#[retry(deadline = 1.5min, hedge = delay(1s), attempt_timeout = 100s)]
pub async fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
