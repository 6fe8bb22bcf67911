use persevere::retry;

#[retry]
pub fn count() -> Result<u32, String> {
    Ok("three")
}

fn main() {}
