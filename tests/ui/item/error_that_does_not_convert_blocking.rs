use persevere::retry;

#[retry]
pub fn count() -> Result<u32, String> {
    Ok("3".parse::<u32>()?)
}

fn main() {}
