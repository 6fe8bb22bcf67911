use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s, retry_with = ping_with)]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
