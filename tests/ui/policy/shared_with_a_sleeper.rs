use persevere::RetryPolicy;

fn main() {
    let _ = RetryPolicy::new().sleep(|_| ()).shared();
}
