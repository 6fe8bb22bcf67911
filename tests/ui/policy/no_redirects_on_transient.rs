use persevere::{RetryPolicy, when};

fn main() {
    let _ = RetryPolicy::new().when(when::transient().no_redirects());
}
