//! Functions on one line, whose braces the compiler takes for unnecessary where they enclose a block's value.

use crate::common::{Refused, Tries, block_on};
use futures_util::stream::{Stream, StreamExt, iter};
use persevere::{CircuitBreaker, Interrupt, circuit_breaker, guard, retry};
use std::future::{Future, ready};

type Item = Result<u32, Refused>;
type Sent = Result<(u32, String), Refused>;

static BREAKER: CircuitBreaker = CircuitBreaker::new("one line").consecutive(9);

fn interrupted(_: Interrupt) -> Item {
    Err(Refused(0))
}

#[rustfmt::skip]
mod written {
    use super::*;

    #[retry(wait = none())]
    pub(super) fn blocking(tries: &Tries) -> Item { tries.third() }

    #[retry(wait = none())]
    pub(super) async fn later(tries: &Tries) -> Item { tries.third_later().await }

    #[allow(clippy::manual_async_fn)]
    #[retry(wait = none())]
    pub(super) fn future(tries: &Tries) -> impl Future<Output = Item> { async { tries.third() } }

    #[retry(wait = none(), clone(text))]
    pub(super) fn cloned(tries: &Tries, text: String) -> Sent { Ok((tries.third()?, text)) }

    #[retry(wait = none(), clone(text))]
    pub(super) async fn cloned_later(tries: &Tries, text: String) -> Sent { Ok((tries.third()?, text)) }

    #[guard(breaker = &BREAKER, interrupt = interrupted)]
    pub(super) fn guarded(tries: Tries) -> Item { tries.third().or(Ok(1)) }

    #[circuit_breaker(&BREAKER, interrupt = interrupted)]
    pub(super) async fn guarded_later(tries: Tries) -> Item { ready(tries.third().or(Ok(1))).await }

    #[retry(wait = none(), resume(next = |item| item + 1))]
    pub(super) fn resumed(next: u32) -> impl Stream<Item = Item> { iter([Ok(next), Err(Refused(next))]) }

    #[retry(wait = none(), resume(next = |item| item + 1))]
    pub(super) async fn awaited(next: u32) -> impl Stream<Item = Item> { iter([Ok(next), Err(Refused(next))]) }

    #[retry(wait = none(), clone(s), resume(next = |item| item.0 + 1))]
    pub(super) fn sent(next: u32, s: String) -> impl Stream<Item = Sent> { iter([Ok((next, s)), Err(Refused(1))]) }
}

#[test]
fn functions_on_one_line_compile_without_a_warning() {
    let text = || "text".to_owned();
    assert_eq!(written::blocking(&Tries::new()), Ok(3));
    assert_eq!(block_on(written::later(&Tries::new())), Ok(3));
    assert_eq!(block_on(written::future(&Tries::new())), Ok(3));
    let cloned = Ok((3, text()));
    assert_eq!(written::cloned(&Tries::new(), text()), cloned);
    assert_eq!(
        block_on(written::cloned_later(&Tries::new(), text())),
        cloned
    );
    assert_eq!(written::guarded(Tries::new()), Ok(1));
    assert_eq!(block_on(written::guarded_later(Tries::new())), Ok(1));
    let resumed: Vec<_> = block_on(written::resumed(5).take(2).collect());
    assert_eq!(resumed, [Ok(5), Ok(6)]);
    let awaited: Vec<_> = block_on(async { written::awaited(5).await.take(2).collect().await });
    assert_eq!(awaited, [Ok(5), Ok(6)]);
    let sent: Vec<_> = block_on(written::sent(5, text()).take(2).collect());
    assert_eq!(sent, [Ok((5, text())), Ok((6, text()))]);
}
