use persevere::RetryPolicy;

fn main() {
    let _ = RetryPolicy::new().wait(5).run(|| Ok::<u8, String>(5));
}
