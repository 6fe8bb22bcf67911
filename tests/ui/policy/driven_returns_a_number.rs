use persevere::{RetryPolicy, retry};

#[retry(policy = RetryPolicy::new())]
fn read() -> u32 {
    1
}

#[retry(policy = RetryPolicy::new(), enabled = true)]
fn read_with_another_key() -> u32 {
    1
}

fn main() {
    read();
    read_with_another_key();
}
