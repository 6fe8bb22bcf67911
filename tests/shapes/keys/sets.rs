//! Sets of keys, beside keys of the function's own, and wherever a function can stand.

use crate::common::{Refused, Tries, block_on};
use persevere::{RetryError, StopReason, retry};
use std::cell::Cell;
use std::fmt::Debug;
use std::future::Future;
use std::io;

use self::policies::patient;

mod policies {
    persevere::policy! {
        /// Ten attempts.
        pub(crate) patient: stop = after_attempt(10), wait = none(),
    }

    pub mod inner {
        persevere::policy! { pub(in crate::keys::sets) patient: stop = after_attempt(LIMIT + 1), wait = none() }
    }
}

const LIMIT: u32 = 4;

persevere::policy! { pub public: stop = after_attempt($crate::keys::sets::LIMIT), wait = none() }

#[retry(use = later)]
fn before_its_definition(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

persevere::policy! { later: stop = after_attempt(crate::keys::sets::LIMIT), wait = none() }

#[retry(use = later, stop = after_attempt(2))]
fn own_stop(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(stop = after_attempt(2), use = patient)]
fn after_its_own_stop(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(use = policies::inner::patient)]
async fn by_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await?;
    Err(Refused(tries.next()))
}

#[retry(use = crate::keys::sets::public)]
async fn exported(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn wherever_they_are_defined() {
    persevere::policy! { local: stop = after_attempt(7), wait = none() }

    #[retry(use = local)]
    fn local(tries: &Tries) -> Result<u32, Refused> {
        Err(Refused(tries.next()))
    }

    assert_eq!(before_its_definition(&Tries::new()), Err(Refused(4)));
    assert_eq!(own_stop(&Tries::new()), Err(Refused(2)));
    assert_eq!(after_its_own_stop(&Tries::new()), Err(Refused(2)));
    assert_eq!(block_on(by_path(&Tries::new())), Err(Refused(8)));
    assert_eq!(block_on(exported(&Tries::new())), Err(Refused(4)));
    assert_eq!(local(&Tries::new()), Err(Refused(7)));
}

persevere::policy! {
    classes:
    stop = after_attempt(9),
    wait = none(),
    on = Err(Refused(1)),
    on = Err(Refused(n)) if *n == 2,
    case(Err(Refused(3)), wait = schedule([0s])),
    unless = Err(Refused(4)),
}

#[retry(use = classes)]
fn all_patterns(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

// Neither `on` of the set is left.
#[retry(use = classes, on = Err(Refused(1)))]
fn own_on(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(use = classes, unless = Err(Refused(2)))]
fn own_unless(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

// It comes before the patterns of the set, which would match first.
#[retry(use = classes, case(Err(Refused(1)), stop = after_attempt(1)))]
fn own_case(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(use = classes, on = Err(Refused(_)), unless = Err(Refused(6)))]
fn own_patterns(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn a_key_replaces_all_of_its_name() {
    assert_eq!(all_patterns(&Tries::new()), Err(Refused(4)));
    assert_eq!(own_on(&Tries::new()), Err(Refused(2)));
    assert_eq!(own_unless(&Tries::new()), Err(Refused(2)));
    assert_eq!(own_case(&Tries::new()), Err(Refused(1)));
    assert_eq!(own_patterns(&Tries::new()), Err(Refused(6)));
}

thread_local! {
    static TOLD: Cell<u32> = const { Cell::new(0) };
}

fn tell(attempts: u32) {
    TOLD.with(|told| told.set(told.get() + attempts));
}

persevere::policy! {
    others:
    wait = none(),
    stop = after_attempt(3) | after_delay(1h),
    before_sleep = |s| tell(s.attempt()),
    on_failure = |s| {
        let tens = s.attempt() * 10;
        assert_eq!((s.name(), s.reason()), ("others", Some(StopReason::Attempts)));
        tell(tens)
    },
    name = "others",
    wrap_err = true,
    enabled = cfg!(all()),
}

#[retry(use = others)]
fn other_keys(tries: &Tries) -> Result<u32, RetryError<Refused>> {
    Ok(Err(Refused(tries.next()))?)
}

#[retry(use = others, wrap_err = false, enabled = false, on_failure = |s| tell(s.attempt()))]
fn other_keys_replaced(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn other_keys_are_the_functions_too() {
    let error = other_keys(&Tries::new()).unwrap_err();
    assert_eq!((error.attempts(), TOLD.with(Cell::take)), (3, 33));
    assert_eq!(other_keys_replaced(&Tries::new()), Err(Refused(1)));
    assert_eq!(TOLD.with(Cell::take), 1);
}

struct Client<T> {
    tries: Tries,
    page: T,
}

trait Fetch {
    type Page;

    fn fetch(&self) -> Result<Self::Page, Refused>;

    /// Documented.
    #[retry(use = policies::patient, fallback = |_| Ok(None))]
    #[must_use = "for a test"]
    fn perhaps(&self, missing: bool) -> Result<Option<Self::Page>, Refused> {
        if missing {
            return Err(Refused(0));
        }
        self.fetch().map(Some)
    }
}

impl<T: Clone + Debug> Fetch for Client<T> {
    type Page = T;

    #[retry(use = patient)]
    fn fetch(&self) -> Result<Self::Page, Refused> {
        self.tries.third().map(|_| self.page.clone())
    }
}

impl<T: Clone + Debug> Client<T> {
    #[must_use]
    #[retry(use = patient, attempt = at, unretried = once, retry_with = with)]
    pub(crate) fn numbered(&self) -> Option<(u32, T)> {
        self.tries
            .third()
            .ok()
            .map(|_| (at.number(), self.page.clone()))
    }

    #[retry(use = patient, clone(key), once(tens = self.tries.made() * 10))]
    async fn unique<'a, K: Into<u32> + Clone>(
        &'a mut self,
        key: K,
    ) -> Result<(&'static str, u32), Refused>
    where
        T: 'a,
    {
        self.tries.third_later().await?;
        Ok(("unique", tens + key.into()))
    }

    #[retry(use = patient)]
    fn later(&self) -> impl Future<Output = io::Result<u32>> + '_ {
        async move { Ok(self.tries.third_later().await?) }
    }

    #[retry(use = patient)]
    fn boxed<'a>(&'a self) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Refused>> + 'a>> {
        let tries = &self.tries;
        Box::pin(async move { tries.third_later().await })
    }
}

#[test]
fn wherever_functions_stand() {
    let client = || Client {
        tries: Tries::new(),
        page: 7u8,
    };
    assert_eq!(client().fetch(), Ok(7));
    assert_eq!(client().perhaps(false), Ok(Some(7)));
    assert_eq!(client().perhaps(true), Ok(None));
    assert_eq!(client().numbered(), Some((3, 7)));
    assert_eq!(client().once(), None);
    assert_eq!(
        client().with(&persevere::RetryPolicy::new().wait(persevere::wait::none())),
        Some((3, 7))
    );
    let mut it = client();
    assert_eq!(block_on(it.unique(5u32)), Ok(("unique", 5)));
    assert_eq!(block_on(it.unique(5u32)), Ok(("unique", 35)));
    assert_eq!(block_on(client().later()).ok(), Some(3));
    assert_eq!(block_on(client().boxed()), Ok(3));
}

mod re_exported {
    pub use persevere as hidden;

    persevere::policy! { pub(super) net: crate = crate::keys::sets::re_exported::hidden, wait = none() }
}

#[retry(use = re_exported::net)]
fn under_another_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(use = re_exported::net, crate = persevere)]
fn under_its_own_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn paths_of_the_crate() {
    assert_eq!(under_another_path(&Tries::new()), Ok(3));
    assert_eq!(under_its_own_path(&Tries::new()), Ok(3));
}

macro_rules! modules_with_a_set {
    ($($module:ident)*) => {$(
        mod $module {
            persevere::policy! { pub same: stop = after_attempt(2), wait = none() }
        }
    )*};
}

modules_with_a_set! { one another }

#[retry(use = one::same)]
fn by_one(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(use = another::same)]
fn by_another(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[test]
fn exported_sets_of_a_repetition_are_alike() {
    assert_eq!(by_one(&Tries::new()), Err(Refused(2)));
    assert_eq!(by_another(&Tries::new()), Err(Refused(2)));
}

persevere::policy! { words: stop = after_attempt(7), wait = fixed(1ns) + none() }

#[retry(use = words)]
fn parameters_like_its_words(
    tries: &Tries,
    after_attempt: u32,
    fixed: u32,
    none: u32,
    words: u32,
) -> Result<u32, Refused> {
    Err(Refused(tries.next() + after_attempt + fixed + none + words))
}

#[test]
fn its_words_are_not_the_functions_parameters() {
    let refused = parameters_like_its_words(&Tries::new(), 10, 20, 30, 40);
    assert_eq!(refused, Err(Refused(107)));
}
