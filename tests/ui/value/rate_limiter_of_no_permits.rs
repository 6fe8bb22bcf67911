use persevere::RateLimiter;
use persevere::rate_limiter::HOUR;

static GITHUB: RateLimiter = RateLimiter::new("github").rate(0, HOUR);

fn main() {
    let _ = GITHUB.try_acquire();
}
