use persevere::retry;

#[retry(wait = fixed(0.5ns))]
pub fn ping() -> Option<u8> {
    None
}

#[retry(wait = exponential(0.0001us).max(1e-10s), deadline = 0.1ns)]
pub fn pong() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}
