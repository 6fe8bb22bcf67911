use persevere::retry;

#[retry(max_retries = limit)]
pub fn ping(limit: u32) -> Result<u32, ()> {
    Ok(limit)
}

fn main() {}
