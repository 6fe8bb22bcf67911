use persevere::retry;

#[retry(once(order = 3), attempt = at)]
pub fn send(order: u32) -> Result<(), String> {
    Err(format!("{order} was not sent at attempt {}", at.number()))
}

#[retry(once(at = 3), attempt = at)]
pub fn send_again() -> Result<(), String> {
    Err(at.number().to_string())
}

fn main() {}
