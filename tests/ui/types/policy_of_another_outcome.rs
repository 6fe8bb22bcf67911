use persevere::{Policy, RetryPolicy, retry};

fn database() -> impl Policy<Result<u32, String>> {
    RetryPolicy::new()
}

#[retry(policy = database())]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
