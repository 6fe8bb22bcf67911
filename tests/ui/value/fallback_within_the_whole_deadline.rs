use persevere::retry;

#[retry(deadline = 2s, fallback = within(3s, |_| Ok(())))]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[retry(deadline = 1min, fallback = within(60s, async |_| Ok(())))]
pub async fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
