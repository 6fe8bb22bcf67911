use std::time::Duration;

use persevere::RateLimiter;

static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, Duration::ZERO);

fn main() {
    let _ = GITHUB.try_acquire();
}
