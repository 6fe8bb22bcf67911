//! Generics, lifetimes, `impl Trait` and `dyn Trait`.

use crate::common::{Refused, Tries};
use persevere::retry;
use std::borrow::Cow;
use std::fmt::{Debug, Display};

#[retry(wait = none())]
fn type_parameter<T: Clone>(tries: &Tries, value: &T) -> Result<T, Refused> {
    tries.third()?;
    Ok(value.clone())
}

#[retry(wait = none())]
fn where_clause<T, E>(tries: &Tries, make: fn(Refused) -> E) -> Result<T, E>
where
    T: From<u32>,
    E: Debug,
{
    tries.third().map(T::from).map_err(make)
}

#[retry(stop = after_attempt(N), wait = none())]
fn const_generic<const N: u32>(tries: &Tries) -> Result<[u8; 4], Refused> {
    Err(Refused(tries.next() + N))
}

#[test]
fn parameters() {
    let tries = Tries::new();
    assert_eq!(type_parameter(&tries, &"x"), Ok("x"));
    assert_eq!(tries.made(), 3);
    assert_eq!(where_clause(&Tries::new(), |e| e.0), Ok::<u64, _>(3));
    let tries = Tries::new();
    assert_eq!(const_generic::<5>(&tries), Err(Refused(10)));
    assert_eq!(tries.made(), 5);
}

#[retry(wait = none())]
fn elided<'a>(tries: &Tries, text: &'a str) -> Result<&'a str, Refused> {
    tries.third()?;
    Ok(&text[1..])
}

#[retry(wait = none())]
fn elided_entirely(tries: &Tries) -> Result<&Tries, Refused> {
    tries.third()?;
    Ok(tries)
}

#[retry(wait = none())]
fn two_lifetimes<'a, 'b: 'a>(
    tries: &Tries,
    one: &'a str,
    two: &'b str,
) -> Result<(&'a str, &'b str), Refused> {
    tries.third()?;
    Ok((one, two))
}

#[retry(wait = none())]
fn in_a_path<'a>(tries: &'a Tries, text: &'a str) -> Result<Cow<'a, str>, Refused> {
    tries.third().map(|_| Cow::Borrowed(text))
}

#[retry(wait = none(), when = err(|e| e.len() > 1))]
fn borrowed_error<'e>(tries: &Tries, texts: &'e [String]) -> Result<u32, &'e str> {
    Err(&texts[tries.next() as usize])
}

#[retry(wait = none(), when = err(|e| !e.is_empty()) | ok(|v| v.is_empty()))]
fn anonymous(tries: &Tries) -> Result<Cow<'_, str>, Cow<'_, str>> {
    match tries.next() {
        1 => Err("one".into()),
        2 => Ok("".into()),
        _ => Ok("three".into()),
    }
}

#[retry(wait = none())]
fn higher_ranked(
    tries: &Tries,
    pick: &dyn for<'x> Fn(&'x str) -> &'x str,
) -> Result<String, Refused> {
    tries.third()?;
    Ok(pick(" 3 ").to_owned())
}

#[test]
fn lifetimes() {
    let tries = Tries::new();
    assert_eq!(elided(&tries, "abc"), Ok("bc"));
    assert_eq!(tries.made(), 3);
    assert!(elided_entirely(&Tries::new()).is_ok());
    assert_eq!(two_lifetimes(&Tries::new(), "a", "b"), Ok(("a", "b")));
    assert_eq!(in_a_path(&Tries::new(), "a"), Ok("a".into()));
    let texts = ["", "long", "x", "never"].map(str::to_owned);
    assert_eq!(borrowed_error(&Tries::new(), &texts), Err("x"));
    let tries = Tries::new();
    assert_eq!(anonymous(&tries), Ok("three".into()));
    assert_eq!(tries.made(), 3);
    assert_eq!(
        higher_ranked(&Tries::new(), &|s| s.trim()),
        Ok("3".to_owned())
    );
}

#[retry(wait = none())]
fn impl_argument(
    tries: &Tries,
    name: impl Display,
    f: impl Fn(u32) -> u32,
) -> Result<String, Refused> {
    Ok(format!("{}{}", name, f(tries.third()?)))
}

#[retry(wait = none(), when = err(|e| e.0 < 3))]
fn impl_value(tries: &Tries) -> Result<impl Iterator<Item = u32> + use<>, Refused> {
    tries.third().map(|n| 0..n)
}

#[retry(wait = none(), when = err(|e| e.to_string().len() > 1))]
fn impl_error(tries: &Tries) -> Result<u32, impl Display + Debug + use<>> {
    tries.third()
}

#[retry(wait = none(), on = Err(_))]
fn impl_nested(
    tries: &Tries,
) -> Result<(Vec<impl Debug + use<>>, Box<impl Debug + use<>>), Refused> {
    tries.third().map(|n| (vec![n], Box::new(n)))
}

#[retry(wait = none())]
fn impl_in_an_array(tries: &Tries) -> Option<[impl Debug + use<>; 2]> {
    tries.third().ok().map(|n| [n, n])
}

#[retry(wait = none())]
fn dyn_arguments(
    tries: &Tries,
    name: &dyn Display,
    f: &mut dyn FnMut(u32),
    g: Box<dyn Fn(u32) -> u32>,
) -> Result<String, Refused> {
    let n = tries.third();
    f(1);
    Ok(format!("{}{}", name, g(n?)))
}

#[retry(wait = none())]
fn closure_argument<F: FnMut() -> Result<u32, Refused>>(mut_free: &mut F) -> Result<u32, Refused> {
    mut_free()
}

#[retry(wait = none())]
fn dyn_value(tries: &Tries) -> Result<Box<dyn Fn(u32) -> u32>, Refused> {
    tries.third().map(|n| Box::new(move |m| n + m) as _)
}

#[retry(wait = none())]
fn coerced_value(tries: &Tries) -> Result<Box<dyn Debug>, Refused> {
    tries.third()?;
    Ok(Box::new(1))
}

#[test]
fn traits() {
    let tries = Tries::new();
    assert_eq!(impl_argument(&tries, "n", |n| n * 2), Ok("n6".to_owned()));
    assert_eq!(tries.made(), 3);
    assert_eq!(
        impl_value(&Tries::new()).ok().map(Iterator::sum::<u32>),
        Some(3)
    );
    assert!(impl_error(&Tries::new()).is_ok());
    assert_eq!(
        impl_nested(&Tries::new())
            .map(|it| format!("{:?}", it))
            .unwrap(),
        "([3], 3)"
    );
    assert!(impl_in_an_array(&Tries::new()).is_some());
    let mut calls = 0;
    let outcome = dyn_arguments(&Tries::new(), &"n", &mut |n| calls += n, Box::new(|n| n));
    assert_eq!(outcome, Ok("n3".to_owned()));
    assert_eq!(calls, 3);
    let tries = Tries::new();
    assert_eq!(closure_argument(&mut || tries.third()), Ok(3));
    assert_eq!(dyn_value(&Tries::new()).unwrap()(1), 4);
    assert!(coerced_value(&Tries::new()).is_ok());
}
