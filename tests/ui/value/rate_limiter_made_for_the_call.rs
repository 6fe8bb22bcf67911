use std::io;

use persevere::retry;

#[retry(rate_limiter = &persevere::RateLimiter::new("api"))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
