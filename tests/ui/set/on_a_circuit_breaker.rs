use persevere::{CircuitBreaker, circuit_breaker};

persevere::policy! { net: stop = after_attempt(5) }

static BREAKER: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(&BREAKER, use = net)]
fn read() -> std::io::Result<u8> {
    Ok(1)
}

#[persevere::retry(use = net)]
fn retried() -> std::io::Result<u8> {
    read()
}

fn main() {
    let _ = retried();
}
