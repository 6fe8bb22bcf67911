//! Functions whose stream is opened by a future.

use super::{Item, Tries, all, first, pairs};
use crate::common::{Refused, block_on};
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use persevere::retry;
use std::pin::Pin;

#[retry(wait = none(), resume(next = |item| item + 1))]
async fn infallible(opened: &Tries, next: u32) -> impl Stream<Item = Item> + Send + '_ {
    opened.next();
    persevere::__private::yield_now().await;
    pairs(next)
}

#[retry(wait = none(), resume(next = |item| item + 1))]
async fn boxed(next: u32) -> Pin<Box<dyn Stream<Item = Item> + Send>> {
    persevere::__private::yield_now().await;
    pairs(next).boxed()
}

/// The third opening is the first that succeeds.
#[retry(wait = none(), resume(next = |item| item + 1))]
async fn fallible(opened: &Tries, next: u32) -> Result<impl Stream<Item = Item> + '_, Refused> {
    opened.third_later().await?;
    Ok(pairs(next))
}

#[retry(wait = none(), resume(next = |item| item + 1))]
async fn fallible_and_boxed(opened: &Tries, mut next: u32) -> Result<BoxStream<'_, Item>, Refused> {
    next *= 1;
    if opened.third_later().await.is_err() {
        return Err(Refused(7));
    }
    Ok(pairs(next).boxed())
}

/// Arguments that the body moves are cloned, and those that it borrows are lent to each opening.
#[retry(wait = none(), clone(moved), once(made = String::from("once")), resume(next = |item| item + 1))]
async fn with_arguments(
    moved: Vec<u32>,
    lent: String,
    next: u32,
) -> Result<BoxStream<'static, Item>, Refused> {
    persevere::__private::yield_now().await;
    assert_eq!((lent.len(), made.len()), (4, 4));
    drop(moved);
    Ok(pairs(next).boxed())
}

#[retry(stop = after_attempt(2), wait = none(), unless = Err(Refused(0)), resume(next = |item| item + 1))]
async fn refused(opened: &Tries, next: u32) -> Result<BoxStream<'_, Item>, Refused> {
    Err(Refused(if opened.next() == next { 0 } else { 1 }))
}

#[retry(stop = after_attempt(2), wait = none(), resume())]
async fn empty() -> Result<impl Stream<Item = Item>, Refused> {
    Ok(stream::empty())
}

#[test]
fn functions_await_the_first_opening() {
    let wanted: Vec<u32> = (3..10).collect();
    let opened = Tries::new();
    let stream = block_on(infallible(&opened, 3));
    assert_eq!(opened.made(), 1);
    assert_eq!((first(7, stream), opened.made()), (wanted.clone(), 4));
    assert_eq!(first(7, block_on(boxed(3))), wanted);

    let opened = Tries::new();
    let stream = block_on(fallible(&opened, 3)).unwrap_or_else(|_| panic!("refused"));
    assert_eq!(opened.made(), 3);
    assert_eq!(first(7, stream), wanted);

    let opened = Tries::new();
    let stream = block_on(fallible_and_boxed(&opened, 3)).unwrap_or_else(|_| panic!("refused"));
    assert_eq!((first(7, stream), opened.made()), (wanted.clone(), 6));

    let stream = block_on(with_arguments(vec![1], "four".to_owned(), 3));
    assert_eq!(
        first(7, stream.unwrap_or_else(|_| panic!("refused"))),
        wanted
    );
}

#[test]
fn an_opening_that_is_given_up_is_the_error_of_the_function() {
    let opened = Tries::new();
    assert_eq!(block_on(refused(&opened, 9)).err(), Some(Refused(1)));
    assert_eq!(opened.made(), 2);
    let opened = Tries::new();
    assert_eq!(block_on(refused(&opened, 1)).err(), Some(Refused(0)));
    assert_eq!(opened.made(), 1);
}

#[test]
fn a_stream_that_is_empty_is_opened() {
    let stream = block_on(empty()).unwrap_or_else(|_| panic!("refused"));
    assert_eq!(all(stream), []);
}
