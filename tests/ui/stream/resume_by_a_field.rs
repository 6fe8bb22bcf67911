use futures_util::stream::{self, Stream};
use persevere::retry;

struct Client {
    after: u64,
}

impl Client {
    #[retry(resume(self.after = |event| *event))]
    fn events(&self) -> impl Stream<Item = Result<u64, std::io::Error>> {
        stream::iter([Ok(self.after)])
    }
}

fn main() {}
