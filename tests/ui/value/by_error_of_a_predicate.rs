use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(PAYMENTS.by_error(err(|e| e.kind() == std::io::ErrorKind::TimedOut)))]
fn pay() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = pay();
}
