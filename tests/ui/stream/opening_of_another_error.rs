use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(resume(after = |event| *event))]
async fn events(after: u64) -> Result<impl Stream<Item = Result<u64, std::io::Error>>, std::fmt::Error> {
    Ok(stream::iter([Ok(after)]))
}

fn main() {}
