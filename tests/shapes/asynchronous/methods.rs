//! Methods, with every receiver, in every kind of `impl` and `trait`.

use crate::common::{Refused, Tries, block_on};
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
    async fn shared(&self) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(stop = after_attempt(self.limit), wait = none())]
    async fn unique(&mut self) -> Result<u32, Refused> {
        self.note().await;
        Err(Refused(self.seen))
    }

    async fn note(&mut self) {
        self.seen += 1;
    }

    #[retry(wait = none())]
    async fn owned(self) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    async fn boxed(self: Box<Self>) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    async fn counted(self: Arc<Self>) -> Result<Arc<Self>, Refused> {
        let it = Arc::clone(&self);
        async move { it.tries.third_later().await }.await?;
        Ok(Arc::clone(&self))
    }

    #[retry(wait = none())]
    async fn counted_here(self: Rc<Self>) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    async fn by_reference_to_arc(self: &Arc<Self>) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    async fn pinned(self: Pin<&Self>) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(stop = after_attempt(Self::LIMIT), wait = none())]
    async fn pinned_unique(mut self: Pin<&mut Self>) -> Result<u32, Refused> {
        let this = self.as_mut().get_mut();
        this.note().await;
        Err(Refused(self.seen))
    }

    #[retry(wait = none(), when = err(|e| e.0 < Self::LIMIT))]
    async fn associated(tries: &Tries) -> Result<Self, Refused> {
        tries.third_later().await?;
        Ok(client())
    }

    #[retry(wait = none())]
    async fn borrowed(&self) -> Result<&Tries, Refused> {
        self.tries.third_later().await?;
        Ok(&self.tries)
    }

    #[retry(wait = none())]
    async fn borrowed_beside<'a>(&'a self, name: &str) -> Result<&'a Tries, Refused> {
        self.tries.third_later().await?;
        assert_eq!(name, "name");
        Ok(&self.tries)
    }
}

#[test]
fn receivers() {
    let mut it = client();
    assert_eq!(block_on(it.shared()), Ok(3));
    assert_eq!(block_on(it.unique()), Err(Refused(5)));
    assert_eq!(it.tries.made(), 3);
    assert_eq!(block_on(client().owned()), Ok(3));
    assert_eq!(block_on(Box::new(client()).boxed()), Ok(3));
    let counted = block_on(Arc::new(client()).counted());
    assert_eq!(counted.map(|it| it.tries.made()).ok(), Some(3));
    assert_eq!(block_on(Rc::new(client()).counted_here()), Ok(3));
    assert_eq!(block_on(Arc::new(client()).by_reference_to_arc()), Ok(3));
    assert_eq!(block_on(Pin::new(&client()).pinned()), Ok(3));
    let mut it = client();
    assert_eq!(block_on(Pin::new(&mut it).pinned_unique()), Err(Refused(2)));
}

#[test]
fn associated_functions_and_borrows() {
    let tries = Tries::new();
    assert!(block_on(Client::associated(&tries)).is_err());
    assert_eq!(tries.made(), 2);
    let it = client();
    assert_eq!(block_on(it.borrowed()).map(Tries::made), Ok(3));
    assert_eq!(
        block_on(client().borrowed_beside("name")).map(Tries::made),
        Ok(3)
    );
}

trait Fetch {
    const ATTEMPTS: u32;
    type Page;

    fn tries(&self) -> &Tries;
    async fn page(&self, n: u32) -> Result<Self::Page, Refused>;
    async fn turn(&mut self) -> Option<Self::Page>;

    #[retry(stop = after_attempt(Self::ATTEMPTS), wait = none())]
    async fn default_method(&self, n: u32) -> Result<Self::Page, Refused> {
        self.tries().next();
        self.page(n).await
    }

    #[retry(wait = none())]
    async fn default_function(tries: &Tries) -> Result<u32, Refused>
    where
        Self: Sized,
    {
        tries.third_later().await
    }
}

impl Fetch for Client {
    const ATTEMPTS: u32 = 4;
    type Page = String;

    fn tries(&self) -> &Tries {
        &self.tries
    }

    #[retry(stop = after_attempt(Self::ATTEMPTS), wait = none())]
    async fn page(&self, n: u32) -> Result<Self::Page, Refused> {
        match self.tries.next() {
            4 => Ok(n.to_string()),
            n => Err(Refused(n)),
        }
    }

    #[retry(wait = none())]
    async fn turn(&mut self) -> Option<Self::Page> {
        self.note().await;
        self.tries.third_later().await.ok().map(|n| n.to_string())
    }
}

#[test]
fn trait_methods() {
    let it = client();
    assert_eq!(block_on(it.page(7)), Ok("7".to_owned()));
    assert_eq!(it.tries.made(), 4);
    let it = client();
    assert_eq!(block_on(it.default_method(7)), Ok("7".to_owned()));
    assert_eq!(it.tries.made(), 1 + 3);
    assert_eq!(block_on(Client::default_function(&Tries::new())), Ok(3));
    let mut it = client();
    assert_eq!(block_on(it.turn()), Some("3".to_owned()));
    assert_eq!(it.seen, 3);
}

struct Wrapper<'a, T: ?Sized>(&'a T);

impl<'a, T: AsRef<Tries> + ?Sized> Wrapper<'a, T> {
    #[retry(wait = none())]
    async fn generic(&self) -> Result<&'a T, Refused> {
        self.0.as_ref().third_later().await?;
        Ok(self.0)
    }
}

impl AsRef<Tries> for Client {
    fn as_ref(&self) -> &Tries {
        &self.tries
    }
}

#[test]
fn generic_impls() {
    let it = client();
    assert_eq!(
        block_on(Wrapper(&it).generic()).map(|it| it.tries.made()),
        Ok(3)
    );
    let erased: &dyn AsRef<Tries> = &client();
    assert!(block_on(Wrapper(erased).generic()).is_ok());
}
