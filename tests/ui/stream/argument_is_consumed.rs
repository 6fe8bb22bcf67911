use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(resume(after = |event| *event))]
fn events(topic: String, after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    subscribe(topic, after)
}

#[retry(resume(after = |event| *event))]
async fn later(topics: Topics, after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    subscribe(topics.first(), after)
}

struct Topics;

impl Topics {
    fn first(self) -> String {
        String::new()
    }
}

fn subscribe(_: String, after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after)])
}

fn main() {}
