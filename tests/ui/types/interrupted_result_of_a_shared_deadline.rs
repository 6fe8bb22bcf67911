use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(nested = share())]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
