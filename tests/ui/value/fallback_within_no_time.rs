use persevere::{guard, retry};

#[guard(deadline = 1s, fallback = within(0ms, |_| Ok(())))]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[retry(deadline = 1s, fallback = [within(0s, async |_| Ok(())), within(fixed(5s), |_| Ok(()))])]
pub async fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
