use persevere::RetryPolicy;

fn main() {
    let policy = RetryPolicy::new().when(|e: &String| e.is_empty());
    let _ = policy.run(|| Err::<u8, _>(String::new()));
}
