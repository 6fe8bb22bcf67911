//! `span = true`: a span for each call, with its attempts inside.

#![deny(warnings, unused)]

mod common;

use common::{Closed, Memory, with_default};
use futures_util::stream::{self, Stream, StreamExt};
use persevere::retry;
use std::cell::Cell;
use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;
use tracing::{Instrument, info, info_span, instrument};

/// Fails so often.
struct Flaky(Cell<u32>);

impl Flaky {
    fn call(&self) -> Result<u32, &'static str> {
        info!("attempt");
        match self.0.get() {
            0 => Ok(7),
            left => {
                self.0.set(left - 1);
                Err("busy")
            }
        }
    }
}

#[retry(span = true, name = "blocking", wait = none())]
fn blocking(flaky: &Flaky) -> Result<u32, &'static str> {
    flaky.call()
}

#[retry(span = true, wait = 1s, before_sleep = log_warn())]
async fn asynchronous(flaky: &Flaky) -> Result<u32, &'static str> {
    tokio::task::yield_now().await;
    flaky.call()
}

#[retry(span = true, wait = none(), unless = Err("busy"))]
#[instrument(skip_all)]
fn instrumented(flaky: &Flaky) -> Result<u32, &'static str> {
    flaky.call()
}

#[instrument(skip_all)]
async fn outer(flaky: &Flaky) -> Result<u32, &'static str> {
    info!("before");
    let got = asynchronous(flaky).await;
    info!("after");
    got
}

struct Client {
    name: String,
    flaky: Flaky,
    log: Vec<u32>,
}

impl Client {
    #[retry(span = true, wait = none(), wrap_err = true, clone(note))]
    async fn wrapped(&mut self, note: String) -> Result<u32, persevere::RetryError<&'static str>> {
        self.log.push(note.len() as u32);
        drop(note);
        self.flaky.call()
    }

    #[retry(span = false, wait = none())]
    fn unseen(&self) -> Result<u32, &'static str> {
        self.flaky.call()
    }

    /// A callback ends the call.
    #[retry(span = true, wait = none(), before_sleep = |_| Err("closed"))]
    fn ended(&self) -> Result<u32, &'static str> {
        self.flaky.call()
    }

    #[retry(span = true, metrics = true, name = &self.name, wait = none())]
    fn boxed<'a>(
        &'a self,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, &'static str>> + 'a>> {
        Box::pin(async move { self.flaky.call() })
    }
}

fn fails(times: u32) -> Flaky {
    Flaky(Cell::new(times))
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

fn ends(closed: &Closed) -> [&str; 4] {
    let fields = ["function", "attempts", "outcome", "reason"];
    fields.map(|name| closed.fields.get(name))
}

#[test]
fn a_blocking_call_has_one_span_with_all_attempts_inside() {
    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        info_span!("request").in_scope(|| {
            assert_eq!(blocking(&fails(2)), Ok(7));
            info!("after");
        });
        assert_eq!(blocking(&fails(9)), Err("busy"));
    });
    let told = memory.take();
    let spans: Vec<_> = told
        .events
        .iter()
        .map(|event| event.spans.clone())
        .collect();
    assert_eq!(spans[..3], vec![vec!["request", "retry"]; 3]);
    assert_eq!(spans[3], ["request"]);
    assert_eq!(spans[4..], vec![vec!["retry"]; 3]);
    let retries: Vec<_> = told
        .spans
        .iter()
        .filter(|span| span.name == "retry")
        .collect();
    assert_eq!(ends(retries[0]), ["blocking", "3", "success", ""]);
    assert_eq!(ends(retries[1]), ["blocking", "3", "give_up", "attempts"]);
    assert_eq!(retries[0].parent, Some("request"));
}

#[test]
fn an_async_call_is_in_its_span_only_while_it_is_polled() {
    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        run(async {
            let (first, second) = (fails(2), fails(1));
            let other = async {
                for _ in 0..3 {
                    info!("other");
                    tokio::time::sleep(Duration::from_millis(700)).await;
                }
            };
            let both = async { tokio::join!(asynchronous(&first), other, outer(&second)) };
            let (a, (), b) = both.instrument(info_span!("request")).await;
            assert_eq!((a, b), (Ok(7), Ok(7)));
        });
    });
    let told = memory.take();
    for event in &told.events {
        let inner: &[&str] = match event.fields.get("message") {
            "other" => &[],
            "before" | "after" => &["outer"],
            _ if event.spans.contains(&"outer") => &["outer", "retry"],
            _ => &["retry"],
        };
        assert_eq!(event.spans, [&["request"], inner].concat(), "{event:?}");
    }
    let attempts = told.events.iter();
    let attempts = attempts.filter(|event| event.fields.get("message") == "attempt");
    assert_eq!(attempts.count(), 5);
    let retries = told.spans.iter().filter(|span| span.name == "retry");
    let parents: Vec<_> = retries.map(|span| span.parent.unwrap()).collect();
    assert_eq!(parents, ["outer", "request"]);
}

#[test]
fn under_the_span_of_instrument_it_is_its_child() {
    let memory = Memory::default();
    let got = with_default(memory.subscriber(), || instrumented(&fails(1)));
    assert_eq!(got, Err("busy"));
    let told = memory.take();
    assert_eq!(told.events[0].spans, ["instrumented", "retry"]);
    assert_eq!(
        ends(&told.spans[0]),
        ["spans::instrumented", "1", "final", "final"]
    );
}

#[test]
fn every_shape_has_its_span() {
    let memory = Memory::default();
    let mut client = Client {
        name: "boxed".to_owned(),
        flaky: fails(1),
        log: Vec::new(),
    };
    with_default(memory.subscriber(), || {
        assert_eq!(run(client.wrapped("abc".to_owned())).unwrap(), 7);
        client.flaky = fails(1);
        assert_eq!(run(client.boxed()), Ok(7));
        client.flaky = fails(1);
        assert_eq!(client.ended(), Err("closed"));
        client.flaky = fails(1);
        assert_eq!(client.unseen(), Ok(7));
    });
    assert_eq!(client.log, [3, 3]);
    let told = memory.take();
    let spans: Vec<_> = told.spans.iter().map(ends).collect();
    assert_eq!(
        spans,
        [
            ["spans::Client::wrapped", "2", "success", ""],
            ["boxed", "2", "success", ""],
            ["spans::Client::ended", "1", "give_up", "given_up"],
        ]
    );
    let unseen = told.events.iter().filter(|event| event.spans.is_empty());
    assert_eq!(unseen.count(), 2);
}

#[test]
fn a_call_that_is_dropped_closes_its_span_and_says_nothing_of_its_end() {
    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        let flaky = fails(9);
        let mut call = Box::pin(asynchronous(&flaky));
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        info!("outside");
    });
    let told = memory.take();
    assert!(told.events[0].spans.is_empty());
    assert_eq!(ends(&told.spans[0]), ["spans::asynchronous", "", "", ""]);
}

/// A future with a span can go to another thread.
#[test]
fn a_spanned_future_is_send() {
    #[retry(span = true, metrics = true)]
    async fn load(id: u32) -> Result<u32, String> {
        tokio::task::yield_now().await;
        Ok(id)
    }
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(run(is_send(load(3))), Ok(3));
}

/// A stream has one span, with all its openings inside, and the reader's own events are outside.
#[test]
fn a_stream_has_one_span_with_all_openings_inside() {
    #[retry(span = true, metrics = true, name = "feed", wait = none(), resume(next = |item| item + 1))]
    fn feed(next: u32) -> impl Stream<Item = Result<u32, &'static str>> {
        info!("opening");
        let broken = (next < 4).then_some(Err("broken"));
        stream::iter([Ok(next), Ok(next + 1)].into_iter().chain(broken))
    }
    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        let items = feed(0).inspect(|_| info!("item"));
        let items: Vec<_> = run(items.collect());
        assert_eq!(items, [0, 1, 2, 3, 4, 5].map(Ok));
    });
    let told = memory.take();
    let spans: Vec<_> = told.events.iter().map(|event| event.spans.len()).collect();
    assert_eq!(spans, [1, 0, 0, 1, 0, 0, 1, 0, 0]);
    let closed = told.spans.iter().find(|span| span.name == "retry").unwrap();
    assert_eq!(closed.fields.get("function"), "feed");
    assert_eq!(closed.fields.get("outcome"), "success");
}
