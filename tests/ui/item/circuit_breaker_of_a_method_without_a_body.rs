use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

pub trait Client {
    #[circuit_breaker(&PAYMENTS)]
    fn ping(&self) -> Result<(), std::fmt::Error>;
}

fn main() {}
