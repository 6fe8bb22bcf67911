use persevere::{CancelToken, RetryPolicy, retry, stop};

static SHUTDOWN: CancelToken = CancelToken::new();

pub enum ApiError {
    Refused,
}

#[retry(stop = cancelled(&SHUTDOWN).abort_attempt())]
pub async fn ping() -> Result<u32, ApiError> {
    Err(ApiError::Refused)
}

pub async fn pong() -> Result<u32, ApiError> {
    let policy = RetryPolicy::new().stop(stop::cancelled(&SHUTDOWN).abort_attempt());
    policy.run_async(async || Err(ApiError::Refused)).await
}

fn main() {}
