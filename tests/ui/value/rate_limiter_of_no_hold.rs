use std::time::Duration;

use persevere::RateLimiter;

static GITHUB: RateLimiter = RateLimiter::new("github").max_hold(Duration::ZERO);

fn main() {
    let _ = GITHUB.try_acquire();
}
