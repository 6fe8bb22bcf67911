use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

pub struct Client;

#[circuit_breaker(&PAYMENTS)]
impl Client {
    pub fn ping(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {}
