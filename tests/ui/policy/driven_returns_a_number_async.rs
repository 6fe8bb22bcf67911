use persevere::{RetryPolicy, retry};

#[retry(policy = RetryPolicy::new())]
async fn read() -> u32 {
    1
}

#[retry(policy = RetryPolicy::new(), enabled = true)]
async fn read_with_another_key() -> u32 {
    1
}

fn main() {
    drop(read());
    drop(read_with_another_key());
}
