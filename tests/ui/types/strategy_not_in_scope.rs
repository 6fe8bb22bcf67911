use persevere::retry;

#[retry(stop = at_night())]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
