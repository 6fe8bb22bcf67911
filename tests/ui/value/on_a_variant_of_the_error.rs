use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Busy,
    Status(u16),
}

#[retry(on = ApiError::Busy, unless = ApiError::Status(400..=499))]
pub fn ping() -> Result<(), ApiError> {
    Ok(())
}

fn main() {}
