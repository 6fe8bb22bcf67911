use persevere::retry;

pub struct Polite;

#[retry(wait = fixed(1s) + Polite)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
