use std::io;

use persevere::{CircuitBreaker, RetryPolicy};

fn main() {
    let breaker = CircuitBreaker::new("disk");
    let _ = RetryPolicy::new().breaker(breaker).run(|| io::Result::Ok(5));
}
