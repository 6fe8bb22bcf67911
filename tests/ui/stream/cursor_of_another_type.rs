use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(resume(after = |event| *event))]
fn events(after: Option<u64>) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after.unwrap_or(0))])
}

fn main() {}
