use futures_util::stream::{self, Stream};

#[persevere::guard(deadline = 10s)]
fn events(after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after)])
}

#[persevere::guard(deadline = 10s, resume(after = |event| *event))]
fn more(after: u64) -> impl Stream<Item = Result<u64, std::io::Error>> {
    stream::iter([Ok(after)])
}

fn main() {}
