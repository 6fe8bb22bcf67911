//! Methods, with every receiver, in every kind of `impl` and `trait`.

use crate::common::{Refused, Tries};
use persevere::retry;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Default)]
struct Client {
    tries: Tries,
    seen: u32,
    limit: u32,
}

fn client() -> Client {
    Client {
        limit: 5,
        ..Client::default()
    }
}

impl Client {
    const LIMIT: u32 = 2;

    #[retry(wait = none())]
    fn shared(&self) -> Result<u32, Refused> {
        self.tries.third()
    }

    #[retry(stop = after_attempt(self.limit), wait = none())]
    fn unique(&mut self) -> Result<u32, Refused> {
        self.seen += 1;
        Err(Refused(self.seen))
    }

    #[retry(wait = none())]
    fn owned(self) -> Result<u32, Refused> {
        self.tries.third()
    }

    #[retry(wait = none())]
    fn boxed(self: Box<Self>) -> Result<u32, Refused> {
        self.tries.third()
    }

    #[retry(wait = none())]
    fn counted(self: Arc<Self>) -> Result<Arc<Self>, Refused> {
        self.tries.third()?;
        Ok(Arc::clone(&self))
    }

    #[retry(wait = none())]
    fn counted_here(self: Rc<Self>) -> Result<u32, Refused> {
        self.tries.third()
    }

    #[retry(wait = none())]
    fn by_reference_to_arc(self: &Arc<Self>) -> Result<u32, Refused> {
        self.tries.third()
    }

    #[retry(wait = none())]
    fn pinned(self: Pin<&Self>) -> Result<u32, Refused> {
        self.tries.third()
    }

    #[retry(stop = after_attempt(Self::LIMIT), wait = none())]
    fn pinned_unique(mut self: Pin<&mut Self>) -> Result<u32, Refused> {
        let this = self.as_mut().get_mut();
        this.seen += 1;
        Err(Refused(this.seen))
    }

    #[retry(wait = none(), when = err(|e| e.0 < Self::LIMIT))]
    fn associated(tries: &Tries) -> Result<Self, Refused> {
        tries.third()?;
        Ok(client())
    }

    #[retry(wait = none())]
    fn borrowed(&self) -> Result<&Tries, Refused> {
        self.tries.third()?;
        Ok(&self.tries)
    }

    #[retry(wait = none())]
    fn calls_another(&mut self) -> Result<u32, Refused> {
        self.note();
        self.shared()
    }

    fn note(&mut self) {
        self.seen += 1;
    }
}

#[test]
fn receivers() {
    let mut it = client();
    assert_eq!(it.shared(), Ok(3));
    assert_eq!(it.unique(), Err(Refused(5)));
    assert_eq!(it.tries.made(), 3);
    assert_eq!(client().owned(), Ok(3));
    assert_eq!(Box::new(client()).boxed(), Ok(3));
    assert_eq!(
        Arc::new(client()).counted().ok().map(|it| it.tries.made()),
        Some(3)
    );
    assert_eq!(Rc::new(client()).counted_here(), Ok(3));
    assert_eq!(Arc::new(client()).by_reference_to_arc(), Ok(3));
    assert_eq!(Pin::new(&client()).pinned(), Ok(3));
}

#[test]
fn a_pinned_unique_receiver() {
    let mut it = client();
    assert_eq!(Pin::new(&mut it).pinned_unique(), Err(Refused(2)));
    assert_eq!(it.seen, 2);
}

#[test]
fn associated_functions_and_borrows() {
    let tries = Tries::new();
    assert!(Client::associated(&tries).is_err());
    assert_eq!(tries.made(), 2);
    let it = client();
    assert_eq!(it.borrowed().map(Tries::made), Ok(3));
    let mut it = client();
    assert_eq!(it.calls_another(), Ok(3));
    assert_eq!(it.seen, 1);
}

trait Fetch {
    const ATTEMPTS: u32;
    type Page;

    fn tries(&self) -> &Tries;
    fn page(&self, n: u32) -> Result<Self::Page, Refused>;

    #[retry(stop = after_attempt(Self::ATTEMPTS), wait = none())]
    fn default_method(&self, n: u32) -> Result<Self::Page, Refused> {
        self.tries().next();
        self.page(n)
    }

    #[retry(wait = none())]
    fn default_function(tries: &Tries) -> Result<u32, Refused>
    where
        Self: Sized,
    {
        tries.third()
    }
}

impl Fetch for Client {
    const ATTEMPTS: u32 = 4;
    type Page = String;

    fn tries(&self) -> &Tries {
        &self.tries
    }

    #[retry(stop = after_attempt(Self::ATTEMPTS), wait = none())]
    fn page(&self, n: u32) -> Result<Self::Page, Refused> {
        match self.tries.next() {
            4 => Ok(n.to_string()),
            n => Err(Refused(n)),
        }
    }
}

#[test]
fn trait_methods() {
    let it = client();
    assert_eq!(it.page(7), Ok("7".to_owned()));
    assert_eq!(it.tries.made(), 4);
    let it = client();
    assert_eq!(it.default_method(7), Ok("7".to_owned()));
    assert_eq!(it.tries.made(), 1 + 3);
    let tries = Tries::new();
    assert_eq!(Client::default_function(&tries), Ok(3));
}

struct Wrapper<'a, T: ?Sized>(&'a T);

impl<'a, T: AsRef<Tries> + ?Sized> Wrapper<'a, T> {
    #[retry(wait = none())]
    fn generic(&self) -> Result<&'a T, Refused> {
        self.0.as_ref().third()?;
        Ok(self.0)
    }
}

impl AsRef<Tries> for Client {
    fn as_ref(&self) -> &Tries {
        &self.tries
    }
}

impl<T: AsRef<Tries>> Iterator for Wrapper<'_, T> {
    type Item = u32;

    #[retry(wait = none())]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.as_ref().third().ok()
    }
}

#[test]
fn generic_impls() {
    let it = client();
    assert_eq!(Wrapper(&it).generic().map(|it| it.tries.made()), Ok(3));
    let it = client();
    assert_eq!(Wrapper(&it).by_ref().take(2).collect::<Vec<_>>(), [3, 4]);
    let erased: &dyn AsRef<Tries> = &client();
    assert!(Wrapper(erased).generic().is_ok());
}

#[derive(Clone, Copy)]
struct Number(u32);

impl Number {
    #[retry(stop = after_attempt(self.0), wait = none())]
    fn copied(self, tries: &Tries) -> Result<Self, Refused> {
        let it = self;
        tries.next();
        Err(Refused(it.0))
    }
}

#[test]
fn a_copy_receiver() {
    let tries = Tries::new();
    assert!(Number(2).copied(&tries).is_err());
    assert_eq!(tries.made(), 2);
}
