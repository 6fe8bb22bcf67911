use persevere::retry;

#[retry(on = Err(404))]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
