use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s)]
pub fn ping() -> impl Future<Output = Result<(), ApiError>> {
    async { Err(ApiError::Refused) }
}

fn main() {}
