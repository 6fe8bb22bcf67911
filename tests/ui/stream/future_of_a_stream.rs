use std::future::Future;

use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(resume(after = |event| *event))]
fn events(after: u64) -> impl Future<Output = Result<impl Stream<Item = Result<u64, std::io::Error>>, std::io::Error>> {
    async move { Ok(stream::iter([Ok(after)])) }
}

fn main() {}
