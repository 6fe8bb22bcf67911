use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

fn late(_: u32) -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

#[retry(deadline = 10s, interrupt = late)]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
