use persevere::CircuitBreaker;

static GAUGE: CircuitBreaker = CircuitBreaker::new("gauge");

fn main() {
    let _ = GAUGE.call(|| "20".parse::<u32>());
}
