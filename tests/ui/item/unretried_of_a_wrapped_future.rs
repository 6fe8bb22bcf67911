use std::future::Future;

use persevere::{RetryError, retry};

#[retry(wrap_err = true, unretried = ping_once)]
pub fn ping() -> impl Future<Output = Result<(), RetryError<String>>> {
    async move { Ok(()) }
}

fn main() {}
