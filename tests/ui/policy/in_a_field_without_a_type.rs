use persevere::{Policy, RetryPolicy, wait};

struct Client {
    policy: RetryPolicy,
}

struct Dynamic {
    policy: Box<dyn Policy<Result<u8, String>>>,
}

fn main() {
    let _ = Client {
        policy: RetryPolicy::new().wait(wait::none()),
    };
}
