use std::io;

use persevere::{RateLimiter, retry};

static API: RateLimiter = RateLimiter::new("api");

#[retry(bulkhead = &API)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
