//! Server-sent events over reqwest and over hyper, from a server that is killed over and over: every event arrives, and
//! none twice. Also from one that cuts events in the middle, one that falls silent, and one that asks for a pause.
//!
//! ```text
//! cargo run -p persevere-http-tests --example events
//! ```
//!
//! A program of yours needs these in its `Cargo.toml`:
//!
//! ```text
//! futures-util = "0.3"
//! persevere = { version = "0.1", features = ["reqwest", "stream"] }
//! reqwest = { version = "0.13", features = ["stream"] }
//! ```
//!
//! For hyper it needs `http-body-util`, `hyper` and `hyper-util` in place of `reqwest`.

#[path = "events/server.rs"]
mod server;

use std::env;
use std::error::Error;
use std::time::Duration;

use futures_util::future::try_join;
use futures_util::stream::{Stream, StreamExt, TryStreamExt};
use http_body_util::{BodyDataStream, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use persevere::http::HttpError;
use persevere::http::sse::{self, Cursor, Event};
use persevere::{RetryPolicy, stop, wait, when};

use self::server::{Fault, Outages, Server, serve};

type Policy = RetryPolicy<stop::AfterDelay, wait::Backoff<wait::Exponential>, when::OnTransient>;
type Hyper = Pool<HttpConnector, Empty<Bytes>>;

/// The longest time without an event or a comment.
const SILENCE: Duration = Duration::from_millis(500);

fn policy() -> Policy {
    RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(30)))
        .wait(wait::exponential(Duration::from_millis(10)).max(Duration::from_millis(100)))
        .when(when::transient())
}

fn by_reqwest(
    policy: &Policy,
    client: &reqwest::Client,
    url: &str,
) -> impl Stream<Item = Result<Event, HttpError>> {
    let events = sse::resume(policy, Cursor::new(), move |cursor| async move {
        let response = client.get(url).headers(cursor.headers()).send().await?;
        sse::check(response.status(), response.headers())?;
        Ok(cursor.events(response.bytes_stream()))
    });
    events.idle_timeout(SILENCE)
}

fn by_hyper(
    policy: &Policy,
    client: &Hyper,
    url: &str,
) -> impl Stream<Item = Result<Event, HttpError>> {
    let events = sse::resume(policy, Cursor::new(), move |cursor| async move {
        let mut request = Request::get(url).body(Empty::new()).expect("a URL");
        request.headers_mut().extend(cursor.headers());
        let response = client.request(request).await?;
        sse::check(response.status(), response.headers())?;
        Ok(cursor.events(BodyDataStream::new(response.into_body())))
    });
    events.idle_timeout(SILENCE)
}

/// Returns the number of events, of which none is missing and none came twice.
async fn all(
    events: impl Stream<Item = Result<Event, HttpError>>,
    wanted: usize,
) -> Result<usize, HttpError> {
    let events: Vec<Event> = events.take(wanted).try_collect().await?;
    for (number, event) in (1..=wanted).zip(&events) {
        assert_eq!(
            (event.event(), event.id()),
            ("number", &*number.to_string())
        );
        assert_eq!(event.data(), format!("number {number}\nof many"));
    }
    Ok(events.len())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    if args.next().as_deref() == Some("serve") {
        return Ok(serve(args.next().expect("an address").parse()?)?);
    }
    let (policy, reqwest) = (policy(), reqwest::Client::builder().no_proxy().build()?);
    let hyper: Hyper = Pool::builder(TokioExecutor::new()).build_http();
    let both = async |[one, other]: [String; 2], wanted| {
        let one = all(by_reqwest(&policy, &reqwest, &one), wanted);
        try_join(one, all(by_hyper(&policy, &hyper, &other), wanted)).await
    };
    let clients = ["reqwest", "hyper"];

    for (fault, wanted, what) in [
        (Fault::Cut, 30, "cut in the middle of an event"),
        (Fault::Silence, 9, "that fell silent"),
        (
            Fault::Pause,
            15,
            "that asked for a pause of 50 ms, and got it",
        ),
    ] {
        let server = Server::start(fault)?;
        let events = both(clients.map(|client| server.url(client)), wanted).await?;
        for (client, events) in clients.into_iter().zip(<[usize; 2]>::from(events)) {
            let connections = server.connections(client);
            println!(
                "{client}: {events} of {wanted} events, once each, over {connections} connections {what}"
            );
        }
    }

    let wanted = 600;
    let outages = Outages::begin()?;
    let events = both(clients.map(|client| outages.url(client)), wanted).await?;
    let kills = outages.end()?;
    assert!(kills > 0);
    let events = <[usize; 2]>::from(events);
    for (client, events) in clients.into_iter().zip(events) {
        println!("{client}: {events} of {wanted} events over {kills} kills");
    }
    let (events, wanted) = (events[0] + events[1], 2 * wanted);
    println!("{events} of {wanted} events, once each, over {kills} kills");
    Ok(())
}
