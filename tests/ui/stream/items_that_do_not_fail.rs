use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(resume(after = |event| *event))]
fn events(after: u64) -> impl Stream<Item = u64> {
    stream::iter([after])
}

fn main() {}
