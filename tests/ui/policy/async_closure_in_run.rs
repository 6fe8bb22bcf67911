use persevere::RetryPolicy;

fn main() {
    RetryPolicy::new().run(|| async { Ok::<u8, String>(5) });
}
