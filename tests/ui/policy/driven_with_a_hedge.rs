use std::time::Duration;

use persevere::{RetryPolicy, hedge, retry};

#[retry(policy = RetryPolicy::new().hedge(hedge::delay(Duration::from_millis(50))))]
async fn read() -> Result<u8, String> {
    Ok(1)
}

#[retry(policy = RetryPolicy::new().hedge(hedge::delay(Duration::from_millis(50))), enabled = true)]
async fn read_with_another_key() -> Result<u8, String> {
    Ok(1)
}

#[retry(policy = &RetryPolicy::new().hedge(hedge::delay(Duration::from_millis(50))))]
fn read_blocking() -> Result<u8, String> {
    Ok(1)
}

fn main() {
    drop(read());
    drop(read_with_another_key());
    let _ = read_blocking();
}
