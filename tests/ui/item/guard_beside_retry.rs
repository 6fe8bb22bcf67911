use persevere::{CircuitBreaker, circuit_breaker, guard, retry};

static DISK: CircuitBreaker = CircuitBreaker::new("disk");

#[retry(stop = after_attempt(3))]
#[guard(deadline = 1s)]
pub fn below() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s)]
#[retry(stop = after_attempt(3))]
pub fn above() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s)]
#[guard(breaker = &DISK)]
pub fn twice() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s)]
#[circuit_breaker(&DISK)]
pub fn above_a_breaker() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(&DISK)]
#[guard(deadline = 1s)]
pub fn below_a_breaker() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
