use std::time::Duration;

use persevere::RateLimiter;

static GITHUB: RateLimiter = RateLimiter::new("github").rate(1, Duration::MAX);

fn main() {
    let _ = GITHUB.try_acquire();
}
