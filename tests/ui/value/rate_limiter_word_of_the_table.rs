use persevere::retry;

#[retry(rate_limiter = rate(100, 1min))]
fn call() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}
