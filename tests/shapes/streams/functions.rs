//! Functions that open their stream at once.

use super::{Item, Tries, all, first, pairs};
use crate::common::Refused;
use futures_util::stream::{self, BoxStream, LocalBoxStream, Stream, StreamExt};
use persevere::retry;
use std::fmt::Display;
use std::pin::Pin;

#[retry(wait = none(), resume(next = |item| item + 1))]
fn opaque(next: u32) -> impl Stream<Item = Result<u32, Refused>> {
    pairs(next)
}

#[retry(wait = none(), resume(next = |item| item + 1))]
fn opaque_and_send(next: u32) -> impl Stream<Item = Item> + Send + 'static {
    pairs(next)
}

#[retry(wait = none(), resume(next = |item| item + 1))]
fn boxed(next: u32) -> Pin<Box<dyn Stream<Item = Result<u32, Refused>>>> {
    Box::pin(pairs(next))
}

#[retry(wait = none(), resume(next = |item| item + 1))]
fn boxed_and_send(next: u32) -> Pin<Box<dyn Stream<Item = Item> + Send>> {
    if next > 100 {
        return stream::empty().boxed();
    }
    pairs(next).boxed()
}

#[retry(wait = none(), resume(next = |item| item + 1))]
fn by_its_alias(next: u32) -> BoxStream<'static, Item> {
    pairs(next).boxed()
}

type Numbers = BoxStream<'static, Item>;

#[retry(wait = none(), resume(next = |item| item + 1))]
fn by_an_alias_of_its_own(next: u32) -> Numbers {
    pairs(next).boxed()
}

#[retry(wait = none(), resume(next = |item| item + 1))]
fn local(next: u32) -> LocalBoxStream<'static, Item> {
    pairs(next).boxed_local()
}

/// The cursor changes in the body, and each opening has its own.
#[retry(wait = none(), resume(next = |item| item + 1))]
fn changed(mut next: u32) -> impl Stream<Item = Item> {
    next *= 1;
    pairs(next)
}

/// Arguments that are moved are cloned; those that are not, are lent.
#[retry(wait = none(), clone(moved), resume(next = |item| item + 1))]
fn with_arguments(
    moved: Vec<u32>,
    lent: &[u32],
    owned: String,
    next: u32,
) -> impl Stream<Item = Item> + '_ {
    assert_eq!((moved.len(), lent.len(), owned.len()), (2, 3, 4));
    let sum: usize = moved.into_iter().map(|item| item as usize).sum();
    assert_eq!(sum, 3);
    pairs(next)
}

/// A stream that borrows what the function borrows.
#[retry(wait = none(), resume(next = |item| *item as usize + 1))]
fn lent<'a>(rows: &'a [u32], next: usize) -> impl Stream<Item = Item> + 'a {
    let broken = (next < 4).then(|| Err(Refused(0)));
    stream::iter(
        rows[next..]
            .iter()
            .take(2)
            .map(|row| Ok(*row))
            .chain(broken),
    )
}

#[retry(wait = none(), clone(name), resume(cursor = |item| Some((item.0.clone(), item.1 + 1))))]
fn generic<T, const N: usize>(
    name: T,
    cursor: Option<(T, u32)>,
) -> impl Stream<Item = Result<(T, u32), Refused>>
where
    T: Clone + Display + Unpin,
{
    let (name, next) = cursor.unwrap_or((name, N as u32));
    stream::iter(vec![Ok((name.clone(), next)), Err(Refused(next))])
}

#[retry(wait = none(), resume(next = |item| item + 1))]
fn of_something(limit: impl Into<u32> + Copy, next: u32) -> impl Stream<Item = Item> {
    let limit = limit.into();
    pairs(next).take_while(move |item| std::future::ready(!matches!(item, Ok(n) if *n >= limit)))
}

/// From its start, whenever it breaks.
#[retry(wait = none(), progress = never(), resume())]
fn from_its_start(opened: &Tries) -> impl Stream<Item = Item> + '_ {
    pairs(opened.next())
}

fn after(item: &u32) -> u32 {
    item + 1
}

#[retry(wait = none(), resume(next = after))]
fn by_a_function(next: u32) -> impl Stream<Item = Item> {
    pairs(next)
}

macro_rules! defines {
    ($name:ident, $item:ty, $after:expr) => {
        #[retry(wait = none(), resume(next = $after))]
        fn $name(next: u32) -> impl Stream<Item = $item> {
            pairs(next)
        }
    };
}

defines!(by_a_macro, Result<u32, Refused>, |item| item + 1);

#[test]
fn functions_go_on_where_their_stream_broke() {
    let wanted: Vec<u32> = (3..10).collect();
    assert_eq!(first(7, opaque(3)), wanted);
    assert_eq!(first(7, opaque_and_send(3)), wanted);
    assert_eq!(first(7, boxed(3)), wanted);
    assert_eq!(first(7, boxed_and_send(3)), wanted);
    assert_eq!(all(boxed_and_send(101)), []);
    assert_eq!(first(7, by_its_alias(3)), wanted);
    assert_eq!(first(7, by_an_alias_of_its_own(3)), wanted);
    assert_eq!(first(7, local(3)), wanted);
    assert_eq!(first(7, changed(3)), wanted);
    assert_eq!(
        first(
            7,
            with_arguments(vec![1, 2], &[1, 2, 3], "four".to_owned(), 3)
        ),
        wanted
    );
    assert_eq!(first(6, lent(&[0, 1, 2, 3, 4, 5], 0)), [0, 1, 2, 3, 4, 5]);
    assert_eq!(all(of_something(6_u8, 3)), [Ok(3), Ok(4), Ok(5)]);
    assert_eq!(first(7, by_a_function(3)), wanted);
    assert_eq!(first(7, by_a_macro(3)), wanted);
    let named: Vec<_> =
        crate::common::block_on(generic::<_, 3>("a", None).take(3).collect::<Vec<_>>());
    assert_eq!(named, [Ok(("a", 3)), Ok(("a", 4)), Ok(("a", 5))]);
}

#[test]
fn a_stream_without_a_cursor_begins_at_its_start() {
    let opened = Tries::new();
    let items = all(from_its_start(&opened));
    assert_eq!(
        items,
        [Ok(1), Ok(2), Ok(2), Ok(3), Ok(3), Ok(4), Err(Refused(3))]
    );
    assert_eq!(opened.made(), 3);
}
