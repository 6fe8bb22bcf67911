use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(policy = policy(), stop = after_attempt(3), on = Err(_), deadline = 10s, resume(after = |event| *event))]
fn events(after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after)])
}

fn policy() -> persevere::RetryPolicy {
    persevere::RetryPolicy::new()
}

fn main() {}
