//! The names of calls: of functions, of methods by their type, and those that a key gives.

use std::fmt::Debug;
use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, Stream, StreamExt};
use persevere::testing::{self, Recorded};
use persevere::{CircuitBreaker, Policy, RetryPolicy, RetryState, guard, retry, stop, wait};

use crate::common::block_on;

type Reply = io::Result<u32>;

static BREAKER: CircuitBreaker = CircuitBreaker::new("names").consecutive(1000);

fn refused() -> Reply {
    Err(io::ErrorKind::ConnectionRefused.into())
}

fn policy<T>() -> impl Policy<io::Result<T>> {
    RetryPolicy::new()
        .wait(wait::none())
        .stop(stop::after_attempt(2))
}

struct Http;

/// A type with a parameter and a lifetime.
struct Client<'a, T>(&'a str, PhantomData<T>);

impl<T: Send + Sync> Client<'_, T> {
    #[retry(wait = none())]
    fn ping(&self) -> Reply {
        refused()
    }

    #[retry(wait = none())]
    async fn fetch(&mut self) -> Reply {
        self.0 = "";
        refused()
    }

    #[retry(wait = none(), deadline = 1h, breaker = &BREAKER, before_sleep = |_| ())]
    async fn guarded(&self) -> Reply {
        refused()
    }

    #[retry(policy = policy())]
    fn driven(&self) -> Reply {
        refused()
    }

    #[retry(policy = policy(), before = |_| ())]
    async fn by_policy(self: &Arc<Self>) -> Reply {
        refused()
    }

    #[retry(policy = policy())]
    async fn driven_later(&self) -> Reply {
        refused()
    }

    #[retry(wait = none(), attempt_timeout = 1h, hedge = delay(30min).copies(2))]
    async fn hedged(&self) -> Reply {
        refused()
    }

    #[retry(wait = none(), name = "given")]
    fn given(&self) -> Reply {
        refused()
    }

    #[retry(wait = none(), name = self.0)]
    fn computed(&self) -> Reply {
        refused()
    }

    #[retry(wait = none(), unretried = once, retry_with = ping_with)]
    fn companions(&self) -> Reply {
        refused()
    }

    /// It has no receiver.
    #[retry(wait = none())]
    fn alone() -> Reply {
        refused()
    }

    fn items(&self) -> impl Stream<Item = Reply> {
        stream::iter([refused()])
    }

    #[retry(wait = none(), resume())]
    fn watched(&self) -> impl Stream<Item = Reply> {
        self.items()
    }

    #[retry(policy = policy(), resume())]
    fn watched_by_policy(&self) -> impl Stream<Item = Reply> {
        self.items()
    }
}

struct Other;

impl Other {
    #[retry(wait = none())]
    fn ping(self: Arc<Self>) -> Reply {
        refused()
    }

    #[guard(breaker = &BREAKER)]
    fn guard(self: Arc<Self>) -> Reply {
        refused()
    }
}

trait Ping {
    #[retry(wait = none())]
    fn ping(&self) -> Reply {
        refused()
    }
}

impl Ping for Http {}
impl Ping for [u8] {}

#[async_trait]
trait Fetch {
    async fn fetch(&self) -> Reply;

    #[retry(wait = none())]
    async fn fetch_by_default(&self) -> Reply
    where
        Self: Sync,
    {
        refused()
    }
}

#[async_trait]
impl Fetch for Http {
    #[retry(wait = none())]
    async fn fetch(&self) -> Reply {
        refused()
    }
}

impl dyn Fetch + Send {
    #[retry(wait = none())]
    fn ping(&self) -> Pin<Box<dyn Future<Output = Reply> + Send + '_>> {
        Box::pin(async move { refused() })
    }
}

fn client() -> Client<'static, Http> {
    Client("http", PhantomData)
}

/// The name of the calls that were recorded, after that of this module.
#[track_caller]
fn name_of<T: Debug>((_, recorded): (T, Recorded)) -> String {
    let text = format!("{recorded:?}");
    let mut names: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.trim().rsplit_once(": ").unwrap().0)
        .collect();
    names.dedup();
    assert_eq!(names.len(), 1, "{text}");
    let name = names[0].replace(concat!(module_path!(), "::"), "");
    // Some compilers spell lifetimes.
    name.replace("'_, ", "")
}

#[test]
fn a_method_has_the_name_of_its_type_and_a_function_of_its_module() {
    #[retry(wait = none())]
    fn ping() -> Reply {
        refused()
    }
    let client = client();
    assert_eq!(name_of(testing::record(ping)), "ping");
    assert_eq!(name_of(testing::record(Client::<Http>::alone)), "alone");
    let named = testing::record(|| client.ping());
    named.1.attempts(3);
    named.1.of("ping").attempts(3);
    named
        .1
        .of("Client<runtime::names::Http>::pings")
        .attempts(0);
    assert_eq!(name_of(named), "Client<Http>::ping");
    let other = Client::<u32>("", PhantomData);
    let named = name_of(testing::record(|| other.ping()));
    assert_eq!(named, "Client<u32>::ping");
    let other = Arc::new(Other);
    assert_eq!(name_of(testing::record(|| other.ping())), "Other::ping");
    let named = name_of(testing::record(|| Arc::new(Other).guard()));
    assert_eq!(named, "Other::guard");
    assert_eq!(name_of(testing::record(|| Ping::ping(&Http))), "Http::ping");
    assert_eq!(name_of(testing::record(|| b"ab"[..].ping())), "[u8]::ping");
    let object: &dyn Ping = &Http;
    assert_eq!(name_of(testing::record(|| object.ping())), "Http::ping");
}

#[test]
fn it_has_it_whatever_its_keys_are() {
    let client = client();
    let named = name_of(testing::record(|| client.driven()));
    assert_eq!(named, "Client<Http>::driven");
    let named = name_of(testing::record(|| client.companions()));
    assert_eq!(named, "Client<Http>::companions");
    let named = name_of(testing::record(|| client.ping_with(&policy())));
    assert_eq!(named, "Client<Http>::ping_with");
    assert!(client.once().is_err());
    assert_eq!(name_of(testing::record(|| client.given())), "given");
    assert_eq!(name_of(testing::record(|| client.computed())), "http");
}

#[test]
fn an_async_one_too() {
    let mut client = client();
    // Its future is `Send`, with a lifetime in the type.
    fn sent<F: Future + Send>(future: F) -> F {
        future
    }
    let named = name_of(block_on(testing::record_async(sent(client.fetch()))));
    assert_eq!(named, "Client<Http>::fetch");
    let named = name_of(block_on(testing::record_async(sent(client.guarded()))));
    assert_eq!(named, "Client<Http>::guarded");
    let named = name_of(block_on(testing::record_async(sent(client.driven_later()))));
    assert_eq!(named, "Client<Http>::driven_later");
    let named = name_of(block_on(testing::record_async(sent(client.hedged()))));
    assert_eq!(named, "Client<Http>::hedged");
    let shared = Arc::new(client);
    let named = name_of(block_on(testing::record_async(sent(shared.by_policy()))));
    assert_eq!(named, "Client<Http>::by_policy");
    let named = name_of(block_on(testing::record_async(Http.fetch())));
    assert_eq!(named, "Http::fetch");
    let named = name_of(block_on(testing::record_async(Http.fetch_by_default())));
    assert_eq!(named, "Http::fetch_by_default");
    let object: &(dyn Fetch + Send) = &Http;
    let named = name_of(block_on(testing::record_async(object.ping())));
    assert_eq!(named, "dyn Fetch + core::marker::Send::ping");
}

#[test]
fn a_stream_too() {
    let client = client();
    let watched = client.watched().collect::<Vec<_>>();
    let named = name_of(block_on(testing::record_async(watched)));
    assert_eq!(named, "Client<Http>::watched");
    let watched = client.watched_by_policy().collect::<Vec<_>>();
    let named = name_of(block_on(testing::record_async(watched)));
    assert_eq!(named, "Client<Http>::watched_by_policy");
}

#[test]
fn a_callback_sees_it() {
    struct Seen;
    impl Seen {
        #[retry(
            wait = none(),
            before = |s| assert!(s.name().ends_with("Seen::call")),
            after = Self::look,
            when = err(|_| true),
            stop = stop_when(|p| p.name().ends_with("Seen::call") && p.attempt() == 2),
            on_failure = |s: &RetryState<'_, Reply>| assert!(format!("{s:?}").contains("Seen::call\"")),
        )]
        fn call(&self) -> Reply {
            refused()
        }

        fn look(state: &RetryState<'_, Reply>) {
            assert!(state.name().ends_with("Seen::call"));
            assert_eq!(state.pause(), None::<Duration>);
        }
    }
    let (_, recorded) = testing::record(|| Seen.call());
    recorded.attempts(2);
}
