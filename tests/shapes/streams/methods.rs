//! Methods that return a stream.

use super::{Item, Tries, first, pairs};
use crate::common::{Refused, block_on};
use futures_util::stream::{BoxStream, Stream, StreamExt};
use persevere::retry;
use std::sync::Arc;

#[derive(Clone, Default)]
struct Client {
    opened: Arc<Tries>,
    limit: u32,
}

impl Client {
    #[retry(stop = after_attempt(self.limit), wait = none(), resume(next = |item| self.after(item)))]
    fn shared(&self, next: u32) -> impl Stream<Item = Item> + '_ {
        self.opened.next();
        pairs(next)
    }

    #[retry(wait = none(), when = err(|e| e.0 < self.limit), resume(next = |item| item + 1))]
    fn of_a_lifetime<'a>(&'a self, next: u32) -> BoxStream<'a, Item> {
        pairs(next).chain(self.nothing()).boxed()
    }

    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn counted(self: Arc<Self>, next: u32) -> impl Stream<Item = Item> {
        self.opened.next();
        pairs(next)
    }

    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn owned(self, next: u32) -> impl Stream<Item = Item> {
        self.opened.next();
        pairs(next)
    }

    #[retry(wait = none(), resume(next = |item| item + 1))]
    async fn awaited(&self, next: u32) -> Result<impl Stream<Item = Item> + '_, Refused> {
        self.opened.third_later().await?;
        Ok(pairs(next))
    }

    fn nothing(&self) -> impl Stream<Item = Item> + Send + '_ {
        futures_util::stream::iter((0..self.limit).filter(|_| false).map(Ok))
    }

    fn after(&self, item: &u32) -> u32 {
        item + self.limit.min(1)
    }
}

trait Numbers {
    fn numbers(&self, next: u32) -> BoxStream<'_, Item>;

    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn provided(&self, next: u32) -> BoxStream<'_, Item>
    where
        Self: Sync,
    {
        pairs(next).boxed()
    }
}

impl Numbers for Client {
    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn numbers(&self, next: u32) -> BoxStream<'_, Item> {
        self.opened.next();
        pairs(next).boxed()
    }
}

fn client() -> Client {
    Client {
        limit: 9,
        ..Client::default()
    }
}

#[test]
fn methods_go_on_where_their_stream_broke() {
    let wanted: Vec<u32> = (3..8).collect();
    let client = client();
    assert_eq!(
        (first(5, client.shared(3)), client.opened.made()),
        (wanted.clone(), 3)
    );
    assert_eq!(first(5, client.of_a_lifetime(3)), wanted);
    assert_eq!(first(5, Arc::new(client.clone()).counted(3)), wanted);
    assert_eq!(first(5, client.clone().owned(3)), wanted);
    let awaited = block_on(client.awaited(3)).unwrap_or_else(|_| panic!("refused"));
    assert_eq!(first(5, awaited), wanted);
    assert_eq!(first(5, client.numbers(3)), wanted);
    assert_eq!(first(5, client.provided(3)), wanted);
}

#[test]
fn it_is_send_where_its_parts_are() {
    fn is_send<T: Send>(it: T) -> T {
        it
    }
    let client = client();
    assert_eq!(first(2, is_send(client.shared(3))), [3, 4]);
    assert_eq!(first(2, is_send(client.numbers(3))), [3, 4]);
    let _ = is_send(client.awaited(3));
}
