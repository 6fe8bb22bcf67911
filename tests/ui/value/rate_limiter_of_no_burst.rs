use persevere::RateLimiter;
use persevere::rate_limiter::HOUR;

static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR).burst(0);

fn main() {
    let _ = GITHUB.try_acquire();
}
