use persevere::{RetryPolicy, when};

fn fetch() -> Result<u32, Box<dyn std::error::Error>> {
    Ok(1)
}

fn main() {
    let policy = RetryPolicy::new().when(when::err_is::<std::io::Error>());
    let _ = policy.run(fetch);
}
