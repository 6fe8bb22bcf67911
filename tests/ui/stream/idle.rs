use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(idle = 3s, resume(after = |event| *event))]
fn events(after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after)])
}

fn main() {}
