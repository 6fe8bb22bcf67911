use persevere::RetryPolicy;

fn main() {
    let _ = RetryPolicy::new().run_async(|| Ok::<u8, String>(5));
}
