//! Every kind of outcome.

use crate::common::{Refused, Tries};
use persevere::{Outcome, retry};
use std::error::Error;
use std::io;
use std::ops::ControlFlow;
use std::task::Poll;

type Answer = Result<u32, Refused>;
type Fallible<T, E = Refused> = Result<T, E>;

#[retry(wait = none())]
fn alias(tries: &Tries) -> Answer {
    tries.third()
}

#[retry(wait = none(), when = err(|e| e.0 == 1))]
fn generic_alias(tries: &Tries) -> Fallible<u32> {
    tries.third()
}

#[retry(wait = none(), when = transient())]
fn io_alias(tries: &Tries) -> io::Result<u32> {
    Ok(tries.third()?)
}

#[retry(wait = none())]
fn anyhow_alias(tries: &Tries) -> anyhow::Result<u32> {
    let n = tries.third()?;
    anyhow::ensure!(n == 3, "not the third");
    Ok(n)
}

#[retry(wait = none(), when = cause_is::<Refused>())]
fn anyhow_cause(tries: &Tries) -> anyhow::Result<u32> {
    use anyhow::Context as _;
    tries.third().context("asking")
}

#[test]
fn aliases() {
    let tries = Tries::new();
    assert_eq!(alias(&tries), Ok(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(generic_alias(&Tries::new()), Err(Refused(2)));
    let tries = Tries::new();
    assert_eq!(io_alias(&tries).unwrap(), 3);
    assert_eq!(tries.made(), 3);
    assert_eq!(anyhow_alias(&Tries::new()).unwrap(), 3);
    assert_eq!(anyhow_cause(&Tries::new()).unwrap(), 3);
}

#[retry(wait = none())]
fn boxed(tries: &Tries) -> Result<u32, Box<dyn Error>> {
    Ok(tries.third()?)
}

#[retry(wait = none(), when = err_is::<Refused>())]
fn boxed_cause(tries: &Tries) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let n = tries.third()?;
    if n == 0 {
        return Err("text".into());
    }
    Ok(n)
}

#[retry(wait = none(), when = err(|e| e.to_string().contains("refused")))]
fn boxed_alias(tries: &Tries) -> Fallible<u32, Box<dyn Error>> {
    Err(Box::new(Refused(tries.next())))
}

#[test]
fn boxed_errors() {
    let tries = Tries::new();
    assert_eq!(boxed(&tries).unwrap(), 3);
    assert_eq!(tries.made(), 3);
    assert_eq!(boxed_cause(&Tries::new()).unwrap(), 3);
    let tries = Tries::new();
    assert!(boxed_alias(&tries).is_err());
    assert_eq!(tries.made(), 3);
}

#[retry(wait = none())]
fn option(tries: &Tries) -> Option<u32> {
    let n = tries.third().ok()?;
    Some(n)
}

#[retry(wait = none(), on = Ok(None) | Err(Refused(1)))]
fn option_in_result(tries: &Tries) -> Result<Option<u32>, Refused> {
    match tries.third() {
        Err(Refused(2)) => Ok(None),
        outcome => outcome.map(Some),
    }
}

#[retry(wait = none(), on = Some(Err(_)))]
fn result_in_option(tries: &Tries) -> Option<Result<u32, Refused>> {
    Some(tries.third())
}

#[test]
fn options() {
    let tries = Tries::new();
    assert_eq!(option(&tries), Some(3));
    assert_eq!(tries.made(), 3);
    assert_eq!(option_in_result(&Tries::new()), Ok(Some(3)));
    assert_eq!(result_in_option(&Tries::new()), Some(Ok(3)));
}

#[retry(wait = none(), on = 0..=2)]
fn number(tries: &Tries) -> u32 {
    tries.next()
}

#[retry(wait = none(), on = false)]
fn flag(tries: &Tries) -> bool {
    tries.next() == 3
}

#[retry(wait = none(), on = text if text.len() < 3)]
fn text(tries: &Tries) -> String {
    "x".repeat(tries.next() as usize)
}

#[retry(wait = none(), on = [] | [_] | [_, _])]
fn slice<'a>(tries: &Tries, all: &'a [u8]) -> &'a [u8] {
    &all[..tries.next() as usize]
}

#[retry(wait = none(), on = (_, 503))]
fn tuple(tries: &Tries) -> (u32, u16) {
    let n = tries.next();
    (n, if n < 3 { 503 } else { 200 })
}

#[retry(wait = none(), when = outcome(|o| o.is_pending()))]
fn poll(tries: &Tries) -> Poll<u32> {
    tries.third().map_or(Poll::Pending, Poll::Ready)
}

#[retry(wait = none(), on = ControlFlow::Continue(()))]
fn control_flow(tries: &Tries) -> ControlFlow<u32> {
    match tries.third() {
        Err(_) => ControlFlow::Continue(()),
        Ok(n) => ControlFlow::Break(n),
    }
}

#[retry(wait = none(), when = |n| *n < 3)]
fn closure(tries: &Tries) -> u32 {
    tries.next()
}

#[test]
fn judged_whole() {
    let tries = Tries::new();
    assert_eq!(number(&tries), 3);
    assert_eq!(tries.made(), 3);
    assert!(flag(&Tries::new()));
    assert_eq!(text(&Tries::new()), "xxx");
    assert_eq!(slice(&Tries::new(), &[1, 2, 3, 4]), [1, 2, 3]);
    assert_eq!(tuple(&Tries::new()), (3, 200));
    assert_eq!(poll(&Tries::new()), Poll::Ready(3));
    assert_eq!(control_flow(&Tries::new()), ControlFlow::Break(3));
    assert_eq!(closure(&Tries::new()), 3);
}

#[derive(Debug, PartialEq)]
struct Response {
    status: u32,
}

impl Outcome for Response {
    type Value = Response;
    type Error = u32;

    fn value(&self) -> Option<&Response> {
        if self.status < 400 { Some(self) } else { None }
    }

    fn error(&self) -> Option<&u32> {
        if self.status < 400 {
            None
        } else {
            Some(&self.status)
        }
    }
}

#[retry(wait = none(), when = err(|status| *status >= 500))]
fn own(tries: &Tries) -> Response {
    Response {
        status: if tries.next() < 3 { 500 } else { 200 },
    }
}

#[retry(wait = none())]
fn own_by_default(tries: &Tries) -> Response {
    Response {
        status: 400 + tries.next(),
    }
}

#[test]
fn an_outcome_of_ones_own() {
    let tries = Tries::new();
    assert_eq!(own(&tries), Response { status: 200 });
    assert_eq!(tries.made(), 3);
    assert_eq!(own_by_default(&Tries::new()), Response { status: 403 });
}

#[retry(wait = none())]
fn unit(tries: &Tries) -> Result<(), Refused> {
    tries.third()?;
    Ok(())
}

#[retry(wait = none())]
pub fn never(tries: &Tries) -> Result<std::convert::Infallible, Refused> {
    let n = tries.next();
    Err(Refused(n))
}

#[test]
fn results_without_a_value() {
    let tries = Tries::new();
    assert_eq!(unit(&tries), Ok(()));
    assert_eq!(tries.made(), 3);
    assert!(matches!(never(&Tries::new()), Err(Refused(3))));
}
