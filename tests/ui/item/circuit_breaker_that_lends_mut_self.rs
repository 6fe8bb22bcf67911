use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

pub struct Client(u32);

impl Client {
    #[circuit_breaker(&PAYMENTS)]
    pub fn lend(&mut self) -> Option<&mut u32> {
        Some(&mut self.0)
    }
}

fn main() {}
