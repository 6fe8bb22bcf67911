//! Ready-made policies, and the functions beside the retried one.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::policy::{BoxPolicy, SharedGuards, SharedPolicy};
use persevere::{
    GiveUp, Policy, RetryError, RetryPolicy, RetryState, StopReason, retry, stop, wait, when,
};
use std::cell::Cell;
use std::fmt::Debug;
use std::io;
use std::sync::LazyLock;
use std::time::Duration;

fn times<T, E>(attempts: u32) -> impl Policy<Result<T, E>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(attempts))
        .wait(wait::none())
}

#[retry(policy = times(4))]
fn blocking(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(policy = times(4), stop = after_attempt(attempts))]
fn own_stop(tries: &Tries, attempts: u32) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(policy = times(4), stop = after_attempt(2) | never(), wait = 1ns, when = err(|e| e.0 < 9), sleep = no_timer)]
async fn own_everything(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(policy = times(9), on = Err(Refused(1)), wait = schedule([1ns]), sleep = no_timer)]
async fn own_arms(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(policy = times(9), case(Err(Refused(2..)), stop = after_attempt(2)), on = Err(_), enabled = true)]
fn own_cases(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(policy = &times(attempts), enabled = attempts > 2)]
fn borrowed<E: From<Refused>>(tries: &Tries, attempts: u32) -> Result<u32, E> {
    Err(Refused(tries.next()).into())
}

fn with_cases(told: &Cell<u32>) -> impl Policy<Result<u32, Refused>> + '_ {
    RetryPolicy::new()
        .wait(wait::none())
        .case(
            when::err(|e: &Refused| e.0 < 4),
            stop::never(),
            wait::none(),
        )
        .before_sleep(move |s: &RetryState<'_, Result<u32, Refused>>| told.set(s.attempt()))
        .fallback(|g: GiveUp<Result<u32, Refused>>| g.into_outcome().or(Ok(0)))
}

#[retry(policy = with_cases(told))]
fn its_cases(tries: &Tries, told: &Cell<u32>) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(policy = with_cases(told), fallback = |g| { assert_eq!(g.reason(), StopReason::Attempts); Ok(5) })]
async fn its_cases_later(tries: &Tries, told: &Cell<u32>) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn ready_made() {
    assert_eq!(blocking(&Tries::new()), Err(Refused(4)));
    assert_eq!(own_stop(&Tries::new(), 2), Err(Refused(2)));
    assert_eq!(block_on(own_everything(&Tries::new())), Err(Refused(2)));
    assert_eq!(block_on(own_arms(&Tries::new())), Err(Refused(2)));
    assert_eq!(own_cases(&Tries::new()), Err(Refused(3)));
    assert_eq!(borrowed(&Tries::new(), 2), Err(Refused(1)));
    assert_eq!(borrowed(&Tries::new(), 3), Err(Refused(3)));
    let told = Cell::new(0);
    assert_eq!(its_cases(&Tries::new(), &told), Ok(0));
    assert_eq!(told.get(), 5);
    assert_eq!(block_on(its_cases_later(&Tries::new(), &told)), Ok(5));
}

static NET: LazyLock<SharedPolicy> = LazyLock::new(|| {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::none());
    policy.when(when::transient()).shared()
});

static DISK: LazyLock<RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>>> =
    LazyLock::new(|| {
        RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .wait(wait::none())
    });

#[retry(policy = &NET)]
fn by_shared<T>(tries: &Tries) -> io::Result<T> {
    tries.next();
    Err(io::ErrorKind::ConnectionRefused.into())
}

#[retry(policy = &NET, stop = after_attempt(3), sleep = no_timer)]
async fn by_shared_later(tries: &Tries) -> io::Result<String> {
    tries.next();
    Err(io::ErrorKind::ConnectionRefused.into())
}

#[retry(policy = &DISK)]
fn by_static<T>(tries: &Tries) -> Result<T, Refused> {
    Err(Refused(tries.next()))
}

struct Stored {
    shared: SharedPolicy<when::AnyFailure, SharedGuards>,
    one: BoxPolicy<Option<u32>>,
}

impl Stored {
    #[retry(policy = &self.shared)]
    fn guarded(&self, tries: &Tries) -> io::Result<()> {
        tries.next();
        Err(io::ErrorKind::NotFound.into())
    }

    #[retry(policy = self.one.clone())]
    fn one(&self, tries: &Tries) -> Option<u32> {
        Some(tries.next())
    }
}

#[test]
fn in_statics_and_fields() {
    let made = |call: &dyn Fn(&Tries)| {
        let tries = Tries::new();
        call(&tries);
        tries.made()
    };
    assert_eq!(made(&|tries| assert!(by_shared::<u8>(tries).is_err())), 4);
    assert_eq!(
        made(&|tries| assert!(by_shared::<String>(tries).is_err())),
        4
    );
    assert_eq!(
        made(&|tries| assert!(block_on(by_shared_later(tries)).is_err())),
        3
    );
    assert_eq!(made(&|tries| assert!(by_static::<u8>(tries).is_err())), 2);
    let base = || RetryPolicy::new().wait(wait::none());
    let stored = Stored {
        shared: base().deadline(Duration::from_secs(3600)).shared(),
        one: base().when(when::ok(|tries: &u32| *tries < 2)).boxed(),
    };
    assert_eq!(made(&|tries| assert!(stored.guarded(tries).is_err())), 3);
    assert_eq!(made(&|tries| assert_eq!(stored.one(tries), Some(2))), 2);
}

/// The keys of a service, set where it is built.
struct Keys {
    stop: persevere::stop::BoxStop,
    wait: Box<dyn persevere::Wait<Option<u32>> + Send + Sync>,
    when: persevere::when::BoxPredicate<Option<u32>>,
}

impl Keys {
    #[retry(stop = &self.stop, wait = &self.wait, when = &self.when)]
    fn blocking(&self, tries: &Tries) -> Option<u32> {
        Some(tries.next())
    }

    #[retry(stop = &self.stop, wait = &self.wait, when = &self.when, sleep = no_timer)]
    async fn later(&self, tries: &Tries) -> Option<u32> {
        Some(tries.next())
    }
}

#[test]
fn boxed_fields_are_borrowed() {
    let keys = Keys {
        stop: persevere::stop::after_attempt(4).boxed(),
        wait: Box::new(wait::none()),
        when: when::ok(|tries: &u32| *tries < 9).boxed(),
    };
    assert_eq!(keys.blocking(&Tries::new()), Some(4));
    assert_eq!(block_on(keys.later(&Tries::new())), Some(4));
}

#[derive(Default)]
struct Client<T> {
    tries: Tries,
    page: T,
    seen: u32,
}

impl<T: Clone + Debug> Client<T> {
    /// Documented.
    #[retry(wait = none(), unretried = once, retry_with = with)]
    #[must_use]
    pub(crate) fn fetch(&self) -> Option<T> {
        self.tries.third().ok().map(|_| self.page.clone())
    }

    #[retry(wait = none(), unretried = unique_once, retry_with = unique_with, before_sleep = |_| self.seen += 10)]
    async fn unique<K: Into<u32>>(&mut self, key: K, _: impl Debug) -> Result<T, Refused>
    where
        K: Copy,
    {
        self.seen += key.into();
        self.tries.third_later().await.map(|_| self.page.clone())
    }

    #[retry(wait = none(), wrap_err = true, retry_with = wrapped_with)]
    fn wrapped(&self) -> Result<T, RetryError<Refused>> {
        Ok(self.tries.third().map(|_| self.page.clone())?)
    }

    #[retry(unretried = borrowed_once, retry_with = borrowed_with, wait = none())]
    fn borrowed<'a, 'b: 'a>(&'a self, name: &'b mut str) -> Result<&'a T, Refused> {
        name.make_ascii_uppercase();
        self.tries.third().map(|_| &self.page)
    }
}

#[test]
fn beside_methods() {
    let it = Client::<String>::default();
    assert_eq!(it.fetch(), Some(String::new()));
    let it = Client::<String>::default();
    assert_eq!(it.once(), None);
    let policy = RetryPolicy::new().wait(wait::none());
    assert_eq!(it.with(&policy), Some(String::new()));
    let mut it = Client::<u32>::default();
    assert_eq!(block_on(it.unique(1u32, "")), Ok(0));
    assert_eq!((it.seen, it.tries.made()), (23, 3));
    let mut it = Client::<u32>::default();
    assert_eq!(block_on(it.unique_once(1u32, "")), Err(Refused(1)));
    assert_eq!(block_on(it.unique_with(&times(9), 1u32, "")), Ok(0));
    assert_eq!((it.seen, it.tries.made()), (1 + 1 + 10 + 1, 3));
    let it = Client::<u32>::default();
    assert_eq!(it.wrapped_with(&times(2)).unwrap_err().attempts(), 2);
    assert_eq!(it.wrapped().ok(), Some(0));
    let (it, mut name) = (Client::<u32>::default(), "a".to_owned());
    assert_eq!(it.borrowed(&mut name), Ok(&0));
    assert_eq!(it.borrowed_once(&mut name), Ok(&0));
    assert_eq!(it.borrowed_with(&times(2), &mut name), Ok(&0));
}
