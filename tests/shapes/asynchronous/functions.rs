//! Free functions.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::future::Future;
use std::pin::Pin;

#[retry(wait = none())]
async fn free(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[test]
fn a_free_function() {
    let tries = Tries::new();
    assert_eq!(block_on(free(&tries)), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(stop = after_attempt(4), wait = none())]
async fn gives_up(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn a_function_that_always_fails() {
    let tries = Tries::new();
    assert_eq!(block_on(gives_up(&tries)), Err(Refused(4)));
    assert_eq!(tries.made(), 4);
}

static TRIES: Tries = Tries::new();

#[retry]
async fn without_arguments() -> Result<u32, Refused> {
    TRIES.next();
    Ok(7)
}

#[test]
fn the_bare_attribute() {
    assert_eq!(block_on(without_arguments()), Ok(7));
    assert_eq!(TRIES.made(), 1);
}

#[test]
fn a_future_that_is_dropped_has_done_nothing() {
    let tries = Tries::new();
    drop(free(&tries));
    assert_eq!(tries.made(), 0);
}

#[retry(wait = none())]
async unsafe fn unsafe_fn(tries: *const Tries) -> Result<u32, Refused> {
    // SAFETY: the caller's pointer is valid.
    unsafe { (*tries).third() }
}

#[test]
fn an_unsafe_function() {
    let tries = Tries::new();
    // SAFETY: the reference is valid.
    assert_eq!(block_on(unsafe { unsafe_fn(&tries) }), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[test]
fn a_nested_function() {
    #[retry(wait = none())]
    async fn nested(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }

    let tries = Tries::new();
    assert_eq!(block_on(nested(&tries)), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(wait = none())]
async fn with_items_inside(tries: &Tries) -> Result<u32, Refused> {
    const LAST: u32 = 3;
    async fn judge(n: u32) -> Result<u32, Refused> {
        match n {
            LAST => Ok(n),
            n => Err(Refused(n)),
        }
    }
    judge(tries.next()).await
}

#[test]
fn a_body_with_items_of_its_own() {
    let tries = Tries::new();
    assert_eq!(block_on(with_items_inside(&tries)), Ok(3));
    assert_eq!(tries.made(), 3);
}

#[retry(stop = after_attempt(2), wait = none())]
async fn recursive(tries: &Tries, depth: u32) -> Result<u32, Refused> {
    tries.next();
    match depth {
        0 => Err(Refused(0)),
        _ => {
            let deeper: Pin<Box<dyn Future<Output = _> + '_>> =
                Box::pin(recursive(tries, depth - 1));
            deeper.await
        }
    }
}

#[test]
fn a_recursive_function() {
    let tries = Tries::new();
    assert_eq!(block_on(recursive(&tries, 2)), Err(Refused(0)));
    assert_eq!(tries.made(), 2 + 4 + 8);
}

macro_rules! fetchers {
    ($($(#[$meta:meta])* $vis:vis async fn $name:ident($tries:ident: $arg:ty) -> $ret:ty $body:block)+) => {$(
        $(#[$meta])*
        #[retry(wait = none())]
        $vis async fn $name($tries: $arg) -> $ret $body
    )+};
}

fetchers! {
    /// Its types and its block are fragments.
    pub async fn of_fragments(tries: &Tries) -> Result<u32, Refused> {
        tries.third_later().await
    }
    #[inline]
    async fn of_more_fragments(tries: &Tries) -> Option<u32> { tries.third().ok() }
}

#[test]
fn functions_made_of_fragments() {
    let tries = Tries::new();
    assert_eq!(block_on(of_fragments(&tries)), Ok(3));
    assert_eq!(block_on(of_more_fragments(&Tries::new())), Some(3));
    assert_eq!(tries.made(), 3);
}

macro_rules! whole_attribute {
    ($($key:tt)*) => {
        #[retry($($key)*)]
        async fn given_keys(tries: &Tries) -> Result<u32, Refused> {
            tries.third_later().await
        }
    };
}

whole_attribute!(stop = after_attempt(2) | after_delay(1h), wait = none());

#[test]
fn a_macro_that_passes_keys_on() {
    let tries = Tries::new();
    assert_eq!(block_on(given_keys(&tries)), Err(Refused(2)));
    assert_eq!(tries.made(), 2);
}

#[retry(wait = none())]
async fn call(state: &Tries, pause: u32, outcome: u32, of: u32, edge: u32) -> Result<u32, Refused> {
    let n = state.third_later().await?;
    Ok(n + pause + outcome + of + edge)
}

#[test]
fn names_of_our_locals() {
    let tries = Tries::new();
    assert_eq!(block_on(call(&tries, 1, 1, 1, 1)), Ok(7));
    assert_eq!(tries.made(), 3);
}

/// Documented.
#[inline]
#[must_use]
#[retry(wait = none())]
#[cfg(all())]
#[doc(hidden)]
pub async fn attributes_around(tries: &Tries) -> Option<u32> {
    tries.third_later().await.ok()
}

#[cfg_attr(all(), retry(wait = none()))]
#[cfg_attr(all(), inline)]
async fn conditionally(tries: &Tries) -> Option<u32> {
    tries.third_later().await.ok()
}

#[test]
fn attributes() {
    let tries = Tries::new();
    assert_eq!(block_on(attributes_around(&tries)), Some(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(block_on(conditionally(&Tries::new())), Some(3));
}
