use persevere::retry;

pub struct Polite;

#[retry(wait = chain((fixed(1s), Polite)))]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
