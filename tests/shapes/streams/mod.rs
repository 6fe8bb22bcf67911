//! Functions that return a stream, which is opened again where it broke.

mod awaited;
mod functions;
mod keys;
mod methods;

use crate::common::{Refused, Tries, block_on};
use futures_util::stream::{self, Stream, StreamExt};

type Item = Result<u32, Refused>;

/// The numbers from `next` on, of which each opening gives two before it breaks.
fn pairs(next: u32) -> impl Stream<Item = Item> + Send + 'static {
    stream::iter(vec![Ok(next), Ok(next + 1), Err(Refused(next))])
}

/// The first numbers of a stream.
fn first(count: usize, stream: impl Stream<Item = Item>) -> Vec<u32> {
    let items: Vec<Item> = block_on(stream.take(count).collect());
    items.into_iter().map(Result::unwrap).collect()
}

/// All items of a stream.
fn all(stream: impl Stream<Item = Item>) -> Vec<Item> {
    block_on(stream.collect())
}
