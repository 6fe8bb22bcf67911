use persevere::{guard, retry};

#[retry(fallback = [])]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[guard(fallback = [])]
pub async fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
