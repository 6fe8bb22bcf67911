//! A list in pages, as one stream: a page that fails is asked for again, and those before it are not.
//!
//! ```text
//! cargo run --example pages --features stream
//! ```

use std::cell::Cell;
use std::io;

use futures_util::stream::{self, Stream, TryStreamExt};
use persevere::retry;

/// A page of a list, with the token of the next one.
struct Page {
    rows: Vec<u32>,
    next: Option<u32>,
}

/// The pages from `next` on, of which the last one has no next.
#[retry(stop = after_attempt(5), wait = 1ms, when = transient(), resume(next = |page| page.next))]
fn pages(server: &Server, next: Option<u32>) -> impl Stream<Item = io::Result<Page>> {
    stream::try_unfold(next, async |next| {
        let Some(token) = next else { return Ok(None) };
        let page = server.page(token).await?;
        let next = page.next;
        Ok(Some((page, next)))
    })
}

/// A server of a hundred rows, ten a page, which fails every third time.
#[derive(Default)]
struct Server {
    asked: Cell<u32>,
}

impl Server {
    async fn page(&self, token: u32) -> io::Result<Page> {
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() % 3 == 0 {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let end = token + 10;
        let next = (end < 100).then_some(end);
        let rows = (token..end).collect();
        Ok(Page { rows, next })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let server = Server::default();
    let pages: Vec<Page> = pages(&server, Some(0)).try_collect().await?;
    let rows: Vec<u32> = pages.into_iter().flat_map(|page| page.rows).collect();
    assert!(
        rows.iter().copied().eq(0..100),
        "a row is missing, or came twice"
    );
    println!(
        "{} rows, each once, by {} requests",
        rows.len(),
        server.asked.get()
    );
    Ok(())
}
