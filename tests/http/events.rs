//! Server-sent events over reqwest, from a server that is killed over and over: every event arrives, and none twice.
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
//! reqwest = "0.13"
//! ```

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;
use std::{env, io, thread};

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use persevere::http::{HttpError, OrHttpError};
use persevere::{RetryPolicy, stop, wait, when};
use reqwest::{Client, Response};

const EVENTS: u64 = 600;
const KILLS: u32 = 8;

#[derive(Debug)]
struct Event {
    id: u64,
    data: String,
}

/// The events after that of the id `last`.
fn events(client: &Client, url: &str, last: u64) -> impl Stream<Item = Result<Event, HttpError>> {
    let request = client
        .get(url)
        .header("accept", "text/event-stream")
        .header("last-event-id", last);
    let opened = async { Ok::<_, HttpError>(parse(request.send().await?.or_http_error()?)) };
    stream::once(opened).try_flatten()
}

/// The events of a response. One that was cut in the middle is not complete, and no event.
fn parse(response: Response) -> impl Stream<Item = Result<Event, HttpError>> {
    let start = (response, Vec::new());
    stream::try_unfold(start, async |(mut response, mut read)| {
        loop {
            if let Some(end) = read.windows(2).position(|two| two == b"\n\n") {
                let rest = read.split_off(end + 2);
                let event = String::from_utf8_lossy(&read);
                let field = |name| event.lines().find_map(|line| line.strip_prefix(name));
                let id = field("id: ").and_then(|id| id.parse().ok());
                if let (Some(id), Some(data)) = (id, field("data: ")) {
                    let data = data.to_owned();
                    return Ok(Some((Event { id, data }, (response, rest))));
                }
                read = rest;
            } else if let Some(bytes) = response.chunk().await? {
                read.extend_from_slice(&bytes);
            } else {
                return Ok(None);
            }
        }
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    if args.next().as_deref() == Some("serve") {
        return Ok(serve(args.next().expect("an address").parse()?)?);
    }
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let outages = thread::spawn(move || kill_over_and_over(address));

    let (client, url) = (
        Client::builder().no_proxy().build()?,
        format!("http://{address}/events"),
    );
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(30)))
        .wait(wait::exponential(Duration::from_millis(10)).max(Duration::from_millis(100)))
        .when(when::transient());
    let events = policy
        .run_stream(0, |last| events(&client, &url, last), |event| event.id)
        .endless()
        .idle_timeout(Duration::from_secs(5));
    let events: Vec<Event> = events.take(EVENTS as usize).try_collect().await?;

    let (mut server, kills) = outages.join().expect("no panic")?;
    server.kill()?;
    server.wait()?;
    assert!(
        events.iter().map(|event| event.id).eq(1..=EVENTS),
        "one is missing, or came twice"
    );
    assert!(
        events
            .iter()
            .all(|event| event.data == format!("number {}", event.id))
    );
    println!(
        "{} of {EVENTS} events, once each, over {kills} kills",
        events.len()
    );
    Ok(())
}

/// Starts the server in a process of its own, kills it, and starts it again.
fn kill_over_and_over(address: SocketAddr) -> io::Result<(Child, u32)> {
    let start = || {
        let program = env::current_exe()?;
        Command::new(program)
            .args(["serve", &address.to_string()])
            .spawn()
    };
    let mut server = start()?;
    for _ in 0..KILLS {
        thread::sleep(Duration::from_millis(150));
        server.kill()?;
        server.wait()?;
        thread::sleep(Duration::from_millis(30));
        server = start()?;
    }
    Ok((server, KILLS))
}

/// Sends to each client the events after the last that it has.
fn serve(address: SocketAddr) -> io::Result<()> {
    let listener = bind(address)?;
    for client in listener.incoming() {
        let client = client?;
        thread::spawn(move || send(client));
    }
    Ok(())
}

/// Binds the address, which the connections of the process before may still hold.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(10)))
        .wait(wait::fixed(Duration::from_millis(20)));
    policy.run(|| TcpListener::bind(address))
}

fn send(mut client: TcpStream) -> io::Result<()> {
    let mut last = 0;
    for line in BufReader::new(client.try_clone()?).lines() {
        let line = line?.to_ascii_lowercase();
        if let Some(id) = line.strip_prefix("last-event-id: ") {
            last = id.parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    client.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    for id in last + 1..=EVENTS {
        let event = format!("id: {id}\ndata: number {id}\n\n");
        write!(client, "{:x}\r\n{event}\r\n", event.len())?;
        thread::sleep(Duration::from_millis(2));
    }
    client.write_all(b"0\r\n\r\n")
}
