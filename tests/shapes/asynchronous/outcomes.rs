//! Every kind of outcome.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::error::Error;
use std::io;

type Answer = Result<u32, Refused>;
type Fallible<T, E = Refused> = Result<T, E>;

#[retry(wait = none())]
async fn alias(tries: &Tries) -> Answer {
    tries.third_later().await
}

#[retry(wait = none(), when = err(|e| e.0 == 1))]
async fn generic_alias(tries: &Tries) -> Fallible<u32> {
    tries.third_later().await
}

#[retry(wait = none(), when = transient())]
async fn io_alias(tries: &Tries) -> io::Result<u32> {
    Ok(tries.third_later().await?)
}

#[retry(wait = none(), when = cause_is::<Refused>())]
async fn anyhow_alias(tries: &Tries) -> anyhow::Result<u32> {
    use anyhow::Context as _;
    tries.third_later().await.context("asking")
}

#[retry(wait = none())]
async fn boxed(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third_later().await?)
}

#[retry(wait = none(), when = cause_is::<Refused>())]
async fn boxed_cause(tries: &Tries) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let n = tries.third_later().await?;
    if n == 0 {
        return Err("text".into());
    }
    Ok(n)
}

#[retry(wait = none())]
async fn boxed_at_once(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Err(Box::new(Refused(tries.next())))
}

#[test]
fn results() {
    let tries = Tries::new();
    assert_eq!(block_on(alias(&tries)), Ok(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(block_on(generic_alias(&Tries::new())), Err(Refused(2)));
    assert_eq!(block_on(io_alias(&Tries::new())).unwrap(), 3);
    assert_eq!(block_on(anyhow_alias(&Tries::new())).unwrap(), 3);
    let tries = Tries::new();
    assert_eq!(block_on(boxed(&tries)).unwrap(), 3);
    assert_eq!(tries.made(), 3);
    assert_eq!(block_on(boxed_cause(&Tries::new())).unwrap(), 3);
    let tries = Tries::new();
    assert!(block_on(boxed_at_once(&tries)).is_err());
    assert_eq!(tries.made(), 3);
}

/// A file that is not found, at the second attempt, is final.
#[retry(wait = none(), when = transient_cause::<(io::Error, persevere::Interrupt)>())]
async fn hidden(tries: &Tries) -> anyhow::Result<u32> {
    use anyhow::Context as _;
    let kind = match tries.next() {
        1 => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::NotFound,
    };
    Err(io::Error::from(kind)).context("asking")
}

#[retry(wait = none(), when = unsent_cause::<io::Error>())]
async fn hidden_in_a_box(tries: &Tries) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let kind = match tries.next() {
        1 => io::ErrorKind::ConnectionRefused,
        _ => io::ErrorKind::TimedOut,
    };
    Err(io::Error::from(kind).into())
}

#[test]
fn what_is_hidden_is_asked() {
    let tries = Tries::new();
    assert!(block_on(hidden(&tries)).is_err());
    assert_eq!(tries.made(), 2);
    let tries = Tries::new();
    assert!(block_on(hidden_in_a_box(&tries)).is_err());
    assert_eq!(tries.made(), 2);
}

#[retry(wait = none())]
async fn option(tries: &Tries) -> Option<u32> {
    let n = tries.third_later().await.ok()?;
    Some(n)
}

#[retry(wait = none(), on = Ok(None) | Err(Refused(1)))]
async fn option_in_result(tries: &Tries) -> Result<Option<u32>, Refused> {
    match tries.third_later().await {
        Err(Refused(2)) => Ok(None),
        outcome => outcome.map(Some),
    }
}

#[retry(wait = none(), on = 0..=2)]
async fn number(tries: &Tries) -> u32 {
    tries.next()
}

#[retry(wait = none(), on = text if text.len() < 3)]
async fn text(tries: &Tries) -> String {
    "x".repeat(tries.next() as usize)
}

#[retry(wait = none(), on = (_, 503))]
async fn tuple(tries: &Tries) -> (u32, u16) {
    let n = tries.next();
    (n, if n < 3 { 503 } else { 200 })
}

#[retry(wait = none(), when = |n| *n < 3)]
async fn closure(tries: &Tries) -> u32 {
    tries.next()
}

#[test]
fn options_and_wholes() {
    let tries = Tries::new();
    assert_eq!(block_on(option(&tries)), Some(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(block_on(option_in_result(&Tries::new())), Ok(Some(3)));
    assert_eq!(block_on(number(&Tries::new())), 3);
    assert_eq!(block_on(text(&Tries::new())), "xxx");
    assert_eq!(block_on(tuple(&Tries::new())), (3, 200));
    assert_eq!(block_on(closure(&Tries::new())), 3);
}
