use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(resume(after = |event| *event), before_sleep = |state| state.err().map_or(Ok(()), |_| Err("closed")))]
fn events(after: u64) -> impl Stream<Item = Result<u64, &'static str>> {
    stream::iter([Ok(after)])
}

fn main() {}
