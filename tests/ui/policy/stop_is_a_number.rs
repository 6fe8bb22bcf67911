use persevere::RetryPolicy;

fn main() {
    let _ = RetryPolicy::new().stop(3).run(|| Ok::<u8, String>(5));
}
