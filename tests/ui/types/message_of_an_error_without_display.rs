use persevere::retry;

pub struct Refused;

#[retry(when = message("refused"))]
pub fn ping() -> Result<(), Refused> {
    Ok(())
}

fn main() {}
