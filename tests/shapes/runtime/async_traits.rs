//! Methods that `#[async_trait]` has rewritten.

use crate::common::{Refused, Tries, block_on};
use async_trait::async_trait;
use persevere::{RetryError, RetryStats, retry};
use std::rc::Rc;
use std::sync::Arc;

#[derive(Default)]
struct Client {
    tries: Tries,
    seen: u32,
    limit: u32,
    stats: RetryStats,
}

fn client() -> Client {
    Client {
        limit: 4,
        ..Client::default()
    }
}

#[async_trait]
trait Fetch: Sync {
    const LIMIT: u32 = 2;
    type Page: Send;

    fn tries(&self) -> &Tries;

    async fn shared(&self) -> Result<u32, Refused>;
    async fn unique(&mut self) -> Result<u32, Refused>;
    async fn owned(self) -> Result<u32, Refused>;
    async fn counted(self: Arc<Self>) -> Result<u32, Refused>;
    async fn boxed(self: Box<Self>) -> Option<u32>;
    async fn page<'a>(&'a self, name: &'a str, log: &mut Vec<u32>) -> Result<&'a str, Refused>;
    async fn generic<T: From<u32> + Send>(&self, n: u32, text: String) -> Result<T, Refused>;
    async fn associated(tries: &Tries) -> Result<Self::Page, Refused>;
    async fn wrapped(&self) -> Result<u32, RetryError<Refused>>;

    #[retry(wait = none(), stop = after_attempt(Self::LIMIT))]
    async fn default_method(&self) -> Result<u32, Refused>
    where
        Self::Page: Send,
    {
        Err(Refused(self.tries().next()))
    }

    #[retry(wait = none(), before_sleep = |_| { self.tries().next(); })]
    async fn default_unique(&mut self) -> Result<u32, Refused>
    where
        Self: Send,
    {
        Err(Refused(self.tries().next()))
    }
}

#[async_trait]
impl Fetch for Client {
    type Page = String;

    fn tries(&self) -> &Tries {
        &self.tries
    }

    #[retry(wait = none(), stop = after_attempt(self.limit), stats = &self.stats)]
    async fn shared(&self) -> Result<u32, Refused> {
        let n = self.tries.third_later().await?;
        if n > 3 {
            return Err(Refused(0));
        }
        Ok(n)
    }

    #[retry(wait = none(), when = err(|e| e.0 <= self.seen), before_sleep = async |_| self.seen += 10)]
    async fn unique(&mut self) -> Result<u32, Refused> {
        self.seen += 1;
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    async fn owned(self) -> Result<u32, Refused> {
        self.tries.third_later().await
    }

    #[retry(wait = none())]
    async fn counted(self: Arc<Self>) -> Result<u32, Refused> {
        let it = Arc::clone(&self);
        async move { it.tries.third_later().await }.await
    }

    #[retry(wait = none())]
    async fn boxed(self: Box<Self>) -> Option<u32> {
        self.tries.third_later().await.ok()
    }

    #[retry(wait = none(), on = Err(Refused(n)) if *n < self.limit)]
    async fn page<'a>(&'a self, name: &'a str, log: &mut Vec<u32>) -> Result<&'a str, Refused> {
        log.push(self.tries.next());
        push(log).await;
        if log.len() < 6 {
            Err(Refused(1))
        } else {
            Ok(name)
        }
    }

    #[retry(wait = none(), clone(text), once(three = 3), stop = after_attempt(three + n), attempt = at)]
    async fn generic<T: From<u32> + Send>(&self, n: u32, text: String) -> Result<T, Refused> {
        assert_eq!(at.number(), self.tries.made() + 1);
        let moved = text;
        self.tries
            .third_later()
            .await
            .map(|m| T::from(m + moved.len() as u32))
    }

    #[retry(wait = none(), case(Err(Refused(1)), stop = after_attempt(2), wait = none()))]
    async fn associated(tries: &Tries) -> Result<Self::Page, Refused> {
        tries.third_later().await.map(|n| n.to_string())
    }

    #[retry(wait = none(), wrap_err = true, fallback = |g| g.into_outcome(), stop = after_attempt(2))]
    async fn wrapped(&self) -> Result<u32, RetryError<Refused>> {
        let n = self.tries.third_later().await?;
        Ok(n)
    }
}

async fn push<E: Extend<u32>>(log: &mut E) {
    log.extend([0]);
}

#[test]
fn every_receiver() {
    let it = client();
    assert_eq!(block_on(it.shared()), Ok(3));
    assert_eq!((it.tries.made(), it.stats.attempts()), (3, 3));
    let mut it = client();
    assert_eq!(block_on(it.unique()), Ok(3));
    assert_eq!(it.seen, 23);
    assert_eq!(block_on(client().owned()), Ok(3));
    assert_eq!(block_on(Arc::new(client()).counted()), Ok(3));
    assert_eq!(block_on(Box::new(client()).boxed()), Some(3));
}

#[test]
fn other_methods() {
    let mut log = Vec::new();
    assert_eq!(block_on(client().page("page", &mut log)), Ok("page"));
    assert_eq!(log, [1, 0, 2, 0, 3, 0]);
    assert_eq!(block_on(client().generic::<u64>(1, "x".to_owned())), Ok(4));
    assert_eq!(block_on(Client::associated(&Tries::new())), Err(Refused(2)));
    assert_eq!(block_on(client().wrapped()).unwrap_err().attempts(), 2);
    assert_eq!(block_on(client().default_method()), Err(Refused(2)));
    let mut it = client();
    assert_eq!(block_on(it.default_unique()), Err(Refused(5)));
}

#[async_trait(?Send)]
trait Local {
    async fn local(&self) -> Result<u32, Refused>;
}

struct Here(Rc<Tries>);

#[async_trait(?Send)]
impl Local for Here {
    #[retry(wait = none())]
    async fn local(&self) -> Result<u32, Refused> {
        let held = Rc::clone(&self.0);
        held.third_later().await
    }
}

#[test]
fn a_future_that_is_not_send() {
    let it: Box<dyn Local> = Box::new(Here(Rc::default()));
    assert_eq!(block_on(it.local()), Ok(3));
}

mod guarded {
    use super::*;
    use persevere::{CircuitBreaker, Interrupt, RetryBudget};

    struct Guarded {
        tries: Tries,
        cut: u32,
        breaker: CircuitBreaker,
        budget: Arc<RetryBudget>,
    }

    #[async_trait]
    trait Fetch {
        async fn shared(&self) -> std::io::Result<u32>;
        async fn unique(&mut self) -> Result<u32, Refused>;
    }

    #[async_trait]
    impl Fetch for Guarded {
        #[retry(wait = 1s, deadline = 1min, breaker = &self.breaker, budget = &self.budget, nested = share())]
        async fn shared(&self) -> std::io::Result<u32> {
            Ok(self.tries.third_later().await?)
        }

        #[retry(
            wait = 1s,
            attempt_timeout = 5s,
            budget = Arc::clone(&self.budget),
            interrupt = |i| {
                self.cut += 1;
                assert_eq!(i, Interrupt::AttemptTimeout);
                Err(Refused(0))
            },
        )]
        async fn unique(&mut self) -> Result<u32, Refused> {
            if self.tries.next() == 1 {
                std::future::pending::<()>().await;
            }
            self.tries.third_later().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn methods_have_guards() {
        let mut it = Guarded {
            tries: Tries::new(),
            cut: 0,
            breaker: CircuitBreaker::new("guarded"),
            budget: Arc::new(RetryBudget::total(3)),
        };
        assert_eq!(it.shared().await.unwrap(), 3);
        it.tries = Tries::new();
        assert_eq!(it.unique().await, Ok(3));
        assert_eq!((it.cut, it.budget.available()), (1, 0));
    }
}
