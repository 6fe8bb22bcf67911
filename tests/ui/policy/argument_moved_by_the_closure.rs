use persevere::RetryPolicy;

fn send(body: String) -> Result<(), String> {
    Err(body)
}

fn main() {
    let body = String::new();
    let _ = RetryPolicy::new().run(|| send(body));
}
