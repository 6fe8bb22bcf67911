use persevere::retry;

#[retry(retry_with = client::post_with)]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
