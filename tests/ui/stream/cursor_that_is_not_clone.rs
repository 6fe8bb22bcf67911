use futures_util::stream::{self, Stream};
use persevere::retry;

struct Position(u64);

#[retry(resume(after = |event| Position(*event)))]
fn events(after: Position) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after.0)])
}

fn main() {}
