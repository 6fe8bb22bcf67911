use persevere::retry;

pub struct Odd;

#[retry(when = any_failure() | Odd)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
