use persevere::retry;

pub struct Daytime;

#[retry(stop = after_attempt(3) | Daytime)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
