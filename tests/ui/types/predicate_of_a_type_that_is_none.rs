use persevere::retry;

pub struct Odd;

#[retry(when = Odd)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
