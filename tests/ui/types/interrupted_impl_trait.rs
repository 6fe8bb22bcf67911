use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s)]
pub fn ping() -> Result<impl Iterator<Item = u8>, ApiError> {
    Ok([1].into_iter())
}

fn main() {}
