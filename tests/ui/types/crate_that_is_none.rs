use persevere::retry;

#[retry(crate = nowhere)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
