use persevere::retry;

#[retry(name = id)]
pub fn ping(id: u32) -> Result<(), String> {
    Ok(())
}

fn main() {}
