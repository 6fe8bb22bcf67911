use persevere::{CircuitBreaker, Fleet};

fn main() {
    let payments = CircuitBreaker::new("payments");
    let _ = Fleet::connect("redis://127.0.0.1/").namespace("shop").join(payments);
}
