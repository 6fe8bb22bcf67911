use persevere::retry;

#[retry(budget = ratio(0.2, 10s))]
fn call() -> Option<u8> {
    None
}

fn main() {}
