use persevere::retry;

#[retry]
pub async fn count() -> Result<u32, String> {
    Ok("three")
}

fn main() {}
