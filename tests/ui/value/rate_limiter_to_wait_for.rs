use persevere::retry;

static LIMITER: persevere::RateLimiter = persevere::RateLimiter::new("api");

#[retry(rate_limiter = wait_for(&LIMITER))]
fn call() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}
