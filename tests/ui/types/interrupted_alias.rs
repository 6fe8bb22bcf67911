use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

pub type Reply = Result<(), ApiError>;

#[retry(deadline = 10s)]
pub fn ping() -> Reply {
    Err(ApiError::Refused)
}

fn main() {}
