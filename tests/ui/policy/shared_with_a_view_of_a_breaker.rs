use persevere::{CircuitBreaker, RetryPolicy, when};

static STOCK: CircuitBreaker = CircuitBreaker::new("stock");

fn main() {
    let view = STOCK.failures(when::err(|status: &u16| *status >= 500));
    let _ = RetryPolicy::new().breaker(view).shared();
}
