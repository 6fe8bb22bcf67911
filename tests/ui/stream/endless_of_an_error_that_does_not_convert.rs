use futures_util::stream::{self, Stream};
use persevere::retry;

#[derive(Debug)]
struct Closed;

#[retry(resume(after = |event| *event), endless = true)]
fn events(after: u64) -> impl Stream<Item = Result<u64, Closed>> {
    stream::iter([Ok(after)])
}

fn main() {}
