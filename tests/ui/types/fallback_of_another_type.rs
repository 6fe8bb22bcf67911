use persevere::retry;

#[retry(fallback = |_| 0)]
pub fn ping() -> Result<u32, std::io::Error> {
    Ok(3)
}

fn main() {}
