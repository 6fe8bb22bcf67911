use persevere::retry;

#[retry(when = message(503))]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
