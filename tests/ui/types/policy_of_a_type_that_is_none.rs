use persevere::retry;

pub struct Defaults;

#[retry(policy = Defaults)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
