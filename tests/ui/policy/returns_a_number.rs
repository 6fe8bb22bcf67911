use persevere::RetryPolicy;

fn main() {
    RetryPolicy::new().run(|| 5u8);
}
