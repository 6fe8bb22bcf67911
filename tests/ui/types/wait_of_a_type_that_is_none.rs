use persevere::retry;

pub struct Polite;

#[retry(wait = Polite)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
