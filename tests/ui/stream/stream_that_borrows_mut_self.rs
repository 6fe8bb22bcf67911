use futures_util::stream::{self, Stream};
use persevere::retry;

struct Client {
    last: u64,
}

impl Client {
    #[retry(resume(after = |event| *event))]
    fn events(&mut self, after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
        let last = &mut self.last;
        stream::iter([after]).map(move |event| {
            *last = event;
            Ok(event)
        })
    }

    #[retry(resume(after = |event| *event))]
    async fn later(&mut self, after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
        self.last = after;
        stream::iter([Ok(after)])
    }
}

use futures_util::StreamExt;

fn main() {}
