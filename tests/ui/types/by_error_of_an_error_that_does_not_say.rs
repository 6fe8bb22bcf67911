use persevere::{CircuitBreaker, Interrupt, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

struct Refused;

impl From<Interrupt> for Refused {
    fn from(_: Interrupt) -> Self {
        Refused
    }
}

#[circuit_breaker(PAYMENTS.by_error())]
fn pay() -> Result<(), Refused> {
    Ok(())
}

fn main() {
    let _ = pay();
    let _ = PAYMENTS.by_error().call(|| Err::<(), _>(Refused));
}
