use persevere::retry;

#[retry(on = None)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
