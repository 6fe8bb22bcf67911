use persevere::{CircuitBreaker, guard};

static DISK: CircuitBreaker = CircuitBreaker::new("disk");

#[guard(breaker = &DISK)]
pub fn refused() -> Result<(), u8> {
    Ok(())
}

#[guard(deadline = 1s)]
pub async fn cut() -> Result<(), u8> {
    Ok(())
}

fn main() {}
