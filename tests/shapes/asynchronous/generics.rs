//! Generics, lifetimes, `impl Trait` and `dyn Trait`.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::future::Future;

#[retry(wait = none())]
async fn type_parameter<T: Clone>(tries: &Tries, value: &T) -> Result<T, Refused> {
    tries.third_later().await?;
    Ok(value.clone())
}

#[retry(wait = none(), when = err(|e| format!("{:?}", e).len() < 9))]
async fn where_clause<T, E>(tries: &Tries, make: fn(Refused) -> E) -> Result<T, E>
where
    T: From<u32>,
    E: Debug,
{
    tries.third_later().await.map(T::from).map_err(make)
}

#[retry(stop = after_attempt(N), wait = none())]
async fn const_generic<const N: u32>(tries: &Tries) -> Result<[u8; 4], Refused> {
    Err(Refused(tries.next() + N))
}

#[test]
fn parameters() {
    let tries = Tries::new();
    assert_eq!(block_on(type_parameter(&tries, &"x")), Ok("x"));
    assert_eq!(tries.made(), 3);
    assert_eq!(
        block_on(where_clause(&Tries::new(), |e| e.0)),
        Ok::<u64, _>(3)
    );
    let tries = Tries::new();
    assert_eq!(block_on(const_generic::<5>(&tries)), Err(Refused(10)));
    assert_eq!(tries.made(), 5);
}

#[retry(wait = none())]
async fn named<'a>(tries: &Tries, text: &'a str) -> Result<&'a str, Refused> {
    tries.third_later().await?;
    Ok(&text[1..])
}

#[retry(wait = none())]
async fn elided(tries: &Tries) -> Result<&Tries, Refused> {
    tries.third_later().await?;
    Ok(tries)
}

#[retry(wait = none())]
async fn two_lifetimes<'a, 'b: 'a>(
    tries: &Tries,
    one: &'a str,
    two: &'b str,
) -> Result<(&'a str, &'b str), Refused> {
    tries.third_later().await?;
    Ok((one, two))
}

#[retry(wait = none(), when = err(|e| e.len() > 1))]
async fn borrowed_error<'e>(tries: &Tries, texts: &'e [String]) -> Result<u32, &'e str> {
    Err(&texts[tries.next() as usize])
}

#[retry(wait = none(), when = err(|e| !e.is_empty()) | ok(|v| v.is_empty()))]
async fn anonymous(tries: &Tries) -> Result<Cow<'_, str>, Cow<'_, str>> {
    match tries.next() {
        1 => Err("one".into()),
        2 => Ok("".into()),
        _ => Ok("three".into()),
    }
}

#[test]
fn lifetimes() {
    let tries = Tries::new();
    assert_eq!(block_on(named(&tries, "abc")), Ok("bc"));
    assert_eq!(tries.made(), 3);
    assert!(block_on(elided(&Tries::new())).is_ok());
    assert_eq!(
        block_on(two_lifetimes(&Tries::new(), "a", "b")),
        Ok(("a", "b"))
    );
    let texts = ["", "long", "x", "never"].map(str::to_owned);
    assert_eq!(block_on(borrowed_error(&Tries::new(), &texts)), Err("x"));
    assert_eq!(block_on(anonymous(&Tries::new())), Ok("three".into()));
}

#[retry(wait = none())]
async fn impl_argument(
    tries: &Tries,
    name: impl Display,
    f: impl Fn(u32) -> u32,
) -> Result<String, Refused> {
    Ok(format!("{}{}", name, f(tries.third_later().await?)))
}

#[retry(wait = none(), when = err(|e| e.0 < 3))]
async fn impl_value(tries: &Tries) -> Result<impl Iterator<Item = u32> + use<'_>, Refused> {
    tries.third_later().await.map(|n| 0..n)
}

#[retry(wait = none(), when = err(|e| e.to_string().len() > 1))]
async fn impl_error(tries: &Tries) -> Result<u32, impl Display + Debug + use<'_>> {
    tries.third_later().await
}

#[retry(wait = none(), on = Err(_))]
async fn impl_nested(tries: &Tries) -> Result<(Vec<impl Debug>, Box<impl Debug>), Refused> {
    tries.third_later().await.map(|n| (vec![n], Box::new(n)))
}

#[retry(wait = none())]
async fn impl_in_an_array(tries: &Tries) -> Option<[impl Debug; 2]> {
    tries.third_later().await.ok().map(|n| [n, n])
}

#[retry(wait = none())]
async fn dyn_arguments(
    tries: &Tries,
    name: &dyn Display,
    f: &mut dyn FnMut(u32),
    g: Box<dyn Fn(u32) -> u32>,
) -> Result<String, Refused> {
    let n = tries.third_later().await;
    f(1);
    Ok(format!("{}{}", name, g(n?)))
}

#[retry(wait = none())]
async fn future_maker<F, Fut>(make: F) -> Result<u32, Refused>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<u32, Refused>>,
{
    make().await
}

#[retry(wait = none())]
async fn async_closure(
    make: &mut impl AsyncFnMut() -> Result<u32, Refused>,
) -> Result<u32, Refused> {
    make().await
}

#[retry(wait = none())]
async fn coerced_value(tries: &Tries) -> Result<Box<dyn Debug>, Refused> {
    tries.third_later().await?;
    Ok(Box::new(1))
}

#[test]
fn traits() {
    let tries = Tries::new();
    assert_eq!(
        block_on(impl_argument(&tries, "n", |n| n * 2)),
        Ok("n6".to_owned())
    );
    assert_eq!(tries.made(), 3);
    assert_eq!(
        block_on(impl_value(&Tries::new()))
            .ok()
            .map(Iterator::sum::<u32>),
        Some(3)
    );
    assert!(block_on(impl_error(&Tries::new())).is_ok());
    assert!(block_on(impl_nested(&Tries::new())).is_ok());
    assert!(block_on(impl_in_an_array(&Tries::new())).is_some());
    let mut calls = 0;
    let mut count = |n| calls += n;
    let outcome = block_on(dyn_arguments(
        &Tries::new(),
        &"n",
        &mut count,
        Box::new(|n| n),
    ));
    assert_eq!(outcome, Ok("n3".to_owned()));
    assert_eq!(calls, 3);
    let tries = Tries::new();
    assert_eq!(block_on(future_maker(|| tries.third_later())), Ok(3));
    let (tries, mut calls) = (Tries::new(), 0);
    let outcome = block_on(async_closure(&mut async || {
        calls += 1;
        tries.third_later().await
    }));
    assert_eq!((outcome, calls), (Ok(3), 3));
    assert!(block_on(coerced_value(&Tries::new())).is_ok());
}
