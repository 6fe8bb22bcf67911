//! Functions that return a future of an `async` block.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::future::Future;
use std::pin::Pin;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[retry(wait = none())]
fn impl_future(tries: &'static Tries) -> impl Future<Output = Result<u32, Refused>> {
    async move { tries.third_later().await }
}

#[retry(wait = none())]
fn impl_future_of_borrows<'a>(tries: &'a Tries) -> impl Future<Output = Result<u32, Refused>> + 'a {
    async move { tries.third_later().await }
}

#[retry(wait = none())]
fn impl_send_future<'a>(
    tries: &'a Tries,
) -> impl std::future::Future<Output = Result<u32, Refused>> + Send + 'a {
    let extra = tries.made();
    async move {
        let n = tries.third_later().await?;
        Ok(n + extra)
    }
}

#[retry(wait = none())]
fn boxed<'a>(tries: &'a Tries) -> Pin<Box<dyn Future<Output = Result<u32, Refused>> + Send + 'a>> {
    Box::pin(async move { tries.third_later().await })
}

#[retry(wait = none())]
fn boxed_after_work<'a>(tries: &'a Tries) -> Pin<Box<dyn Future<Output = Option<u32>> + 'a>> {
    let first = tries.made();
    Box::pin(async move {
        let n = tries.third_later().await.ok()?;
        if n > 3 {
            return None;
        }
        Some(n + first)
    })
}

#[retry(wait = none())]
fn box_future<'a>(tries: &'a Tries) -> BoxFuture<'a, Result<u32, Refused>> {
    Box::pin(async { tries.third_later().await })
}

#[retry(wait = none(), stop = after_attempt(limit))]
fn keys_see_arguments<'a>(tries: &'a Tries, limit: u32) -> BoxFuture<'a, Result<u32, Refused>> {
    Box::pin(async move { Err(Refused(tries.next())) })
}

macro_rules! returning {
    ($tries:ident, $ret:ty, $body:block) => {
        #[retry(wait = none())]
        fn of_fragments($tries: &'static Tries) -> $ret $body
    };
}

returning!(tries, impl Future<Output = Result<u32, Refused>>, {
    async move { tries.third_later().await }
});

#[test]
fn free_functions() {
    static TRIES: Tries = Tries::new();
    assert_eq!(block_on(impl_future(&TRIES)), Ok(3));
    assert_eq!(TRIES.made(), 3);
    assert_eq!(block_on(impl_future_of_borrows(&Tries::new())), Ok(3));
    assert_eq!(block_on(impl_send_future(&Tries::new())), Ok(3));
    let tries = Tries::new();
    assert_eq!(block_on(boxed(&tries)), Ok(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(block_on(boxed_after_work(&Tries::new())), Some(3));
    assert_eq!(block_on(box_future(&Tries::new())), Ok(3));
    assert_eq!(
        block_on(keys_see_arguments(&Tries::new(), 2)),
        Err(Refused(2))
    );
    static MORE: Tries = Tries::new();
    assert_eq!(block_on(of_fragments(&MORE)), Ok(3));
}

struct Client {
    tries: Tries,
    seen: u32,
}

trait Fetch {
    fn page(&mut self) -> BoxFuture<'_, Result<u32, Refused>>;
    fn size(&self) -> impl Future<Output = Result<u32, Refused>> + Send;
}

impl Fetch for Client {
    #[retry(wait = none())]
    fn page(&mut self) -> BoxFuture<'_, Result<u32, Refused>> {
        Box::pin(async move {
            self.seen += 1;
            self.tries.third_later().await
        })
    }

    #[retry(wait = none())]
    fn size(&self) -> impl Future<Output = Result<u32, Refused>> + Send {
        async move { self.tries.third_later().await }
    }
}

impl Client {
    #[retry(wait = none(), when = err(|e| e.0 < self.seen))]
    fn judged_by_self(&mut self) -> BoxFuture<'_, Result<u32, Refused>> {
        Box::pin(async move { self.tries.third_later().await })
    }
}

#[test]
fn methods() {
    let mut it = Client {
        tries: Tries::new(),
        seen: 0,
    };
    assert_eq!(block_on(it.page()), Ok(3));
    assert_eq!(it.seen, 3);
    let it = Client {
        tries: Tries::new(),
        seen: 0,
    };
    assert_eq!(block_on(it.size()), Ok(3));
    let mut it = Client {
        tries: Tries::new(),
        seen: 2,
    };
    assert_eq!(block_on(it.judged_by_self()), Err(Refused(2)));
}
