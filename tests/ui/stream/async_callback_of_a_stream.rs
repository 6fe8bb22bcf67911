use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(
    resume(after = |event| *event),
    before_sleep = async |_| refresh().await,
    fallback = async |_| Ok(refresh().await),
    sleep = async |pause| tokio::time::sleep(pause).await,
)]
fn events(after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after)])
}

async fn refresh() -> u64 {
    7
}

fn main() {}
