use persevere::retry;

#[retry(attempt = order)]
pub fn send(order: &str) -> Result<(), String> {
    Err(format!("not sent at attempt {}", order.number()))
}

fn main() {}
