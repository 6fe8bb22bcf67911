use persevere::{Policy, RetryPolicy, retry};

fn database() -> impl Policy<Result<(), String>> {
    RetryPolicy::new()
}

#[retry(policy = database)]
pub async fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
