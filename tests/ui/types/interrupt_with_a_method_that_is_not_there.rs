use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s, interrupt = |i| Err(i.code()))]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
