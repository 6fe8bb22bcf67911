use persevere::{CancelToken, RetryPolicy, retry, stop};

static SHUTDOWN: CancelToken = CancelToken::new();

pub enum ApiError {
    Refused,
}

#[retry(stop = cancelled(&SHUTDOWN).cut())]
pub async fn ping() -> Result<u32, ApiError> {
    Err(ApiError::Refused)
}

pub async fn pong() -> Result<u32, ApiError> {
    let policy = RetryPolicy::new().stop(stop::cancelled(&SHUTDOWN).cut());
    policy.run_async(async || Err(ApiError::Refused)).await
}

fn main() {}
