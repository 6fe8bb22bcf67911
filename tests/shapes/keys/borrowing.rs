//! Borrows in keys, and closures that are typed by the outcome alone.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::{RetryError, RetryStats, retry};
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::time::Duration;

#[derive(Default)]
struct Client {
    tries: Tries,
    seen: Vec<u32>,
    last: u32,
    moment: Duration,
    stats: RetryStats,
    label: &'static str,
}

fn client(last: u32) -> Client {
    Client {
        last,
        label: "client",
        ..Client::default()
    }
}

impl Client {
    #[retry(
        when = err(|e| e.0 < self.last),
        wait = |_| self.moment,
        before_sleep = |s| self.seen.push(s.attempt()),
        stats = &self.stats,
        name = self.label,
        after = |s| assert_eq!(s.name(), "client"),
    )]
    fn unique(&mut self) -> Result<u32, Refused> {
        self.seen.push(0);
        self.tries.third()
    }

    #[retry(
        on = Err(e) if e.0 < self.last,
        unless = Err(Refused(9)) if self.seen.is_empty(),
        wait = from_err(|_| Some(self.moment)).or(none()),
        stop = stop_when(|p| p.attempt() > self.last + 3),
        before = |_| self.seen.push(1),
        on_success = |_| self.seen.push(2),
        on_failure = |_| self.seen.push(3),
        fallback = |g| { self.seen.push(4); g.into_outcome() },
        stats = &self.stats,
        sleep = |_| no_timer(self.moment),
    )]
    async fn unique_later(&mut self) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(wait = none(), enabled = self.last > 1, stats = &self.stats, clone(text))]
    fn shared(&self, text: String) -> Result<String, Refused> {
        self.tries.third().map(|_| text)
    }

    #[retry(wait = none(), when = err(|e| self.picks(e)), stop = after_attempt(self.last))]
    async fn shared_later(&self) -> Result<&str, Refused> {
        self.tries.third_later().await.map(|_| self.label)
    }

    fn picks(&self, refused: &Refused) -> bool {
        refused.0 < self.last
    }
}

#[test]
fn keys_borrow_self() {
    let mut it = client(2);
    assert_eq!(it.unique(), Err(Refused(2)));
    assert_eq!(it.seen, [0, 1, 0]);
    assert_eq!(it.stats.attempts(), 2);
    let mut it = client(5);
    assert_eq!(block_on(it.unique_later()), Ok(3));
    assert_eq!(it.seen, [1, 1, 1, 2]);
    assert_eq!(it.stats.later_successes(), 1);
    let it = client(5);
    assert_eq!(it.shared("x".to_owned()), Ok("x".to_owned()));
    let it = client(4);
    assert_eq!(block_on(it.shared_later()), Ok("client"));
    assert_eq!(block_on(client(2).shared_later()), Err(Refused(2)));
}

#[retry(wait = none(), when = err(|e| e.len() == 3), before_sleep = |s| assert!(s.err().is_some()))]
fn elided<'a>(tries: &Tries, texts: &'a [&'a str]) -> Result<&'a str, Cow<'a, str>> {
    let text = texts[tries.next() as usize];
    if text == "end" {
        Ok(text)
    } else {
        Err(text.into())
    }
}

#[retry(
    wait = from_err(|e| Some(Duration::from_nanos(e.to_string().len() as u64))).or(none()),
    when = err(|e| e.to_string().starts_with("refused")) | ok(|v| format!("{:?}", v).is_empty()),
    fallback = |g| g.into_outcome(),
)]
fn generic_error<T: Debug + From<u32>, E: Error + From<Refused>>(tries: &Tries) -> Result<T, E> {
    Ok(tries.third()?.into())
}

#[retry(
    sleep = no_timer,
    wait = from_outcome(|o| o.is_err().then(|| Duration::from_nanos(1))).or(1ns),
    when = err(|e| e.to_string().len() > 3) & outcome(|o| o.is_err()),
    stop = never() | (|p| p.attempt() == 7),
    after = |s| { s.err().map(ToString::to_string); },
    on_success = async |s| { let _ = s.attempt(); },
)]
async fn opaque(tries: &Tries) -> Result<impl Display + use<'_>, impl Display + Debug + use<'_>> {
    tries.third_later().await
}

#[retry(wait = none(), on = Err(e) if e.to_string().len() > 3, wrap_err = true)]
fn wrapped_box(tries: &Tries) -> Result<u32, RetryError<Box<dyn Error>>> {
    Ok(tries.third()?)
}

type Wrapped<T, E = Box<dyn Error + Send + Sync>> = Result<T, RetryError<E>>;

#[retry(wait = none(), stop = after_attempt(2), wrap_err = true, when = err(|e| e.is::<Refused>()))]
async fn wrapped_alias(tries: &Tries) -> Wrapped<u32> {
    let n = tries.third_later().await?;
    if n > 9 {
        return Err("too many".into());
    }
    Ok(n)
}

#[retry(wait = none(), wrap_err = true, on = Ok(0))]
fn wrapped_value(tries: &Tries) -> Result<u32, RetryError<Refused>> {
    Ok(tries.next() / 2)
}

#[test]
fn closures_without_annotations() {
    let texts = ["", "one", "two", "end"];
    assert_eq!(elided(&Tries::new(), &texts), Ok("end"));
    assert!(matches!(
        generic_error::<u64, std::io::Error>(&Tries::new()),
        Ok(3)
    ));
    assert!(matches!(
        generic_error::<u64, Refused>(&Tries::new()),
        Ok(3)
    ));
    assert_eq!(
        block_on(opaque(&Tries::new()))
            .map(|n| n.to_string())
            .unwrap(),
        "3"
    );
    assert_eq!(wrapped_box(&Tries::new()).unwrap(), 3);
    let error = block_on(wrapped_alias(&Tries::new())).unwrap_err();
    assert!(error.last().unwrap().is::<Refused>());
    assert_eq!(error.attempts(), 2);
    assert_eq!(wrapped_value(&Tries::new()).unwrap(), 1);
}
