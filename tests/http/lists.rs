//! A list in pages, over reqwest, from a server that refuses, cuts and dies in the middle of a page: every row once.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use std::{future, process, thread};

use futures_util::stream::{self, Stream, StreamExt};
use persevere::http::{HttpError, OrHttpError};
use persevere::{RetryPolicy, RetryState, stop, wait, when};
use reqwest::Client;
use serde::Deserialize;
use server::{Reply, Server, answer};
use support::{Tally, Twin, signal};
use tokio::task::block_in_place;

const ROWS: usize = 400;
const A_PAGE: usize = 20;

#[derive(Deserialize)]
struct Page {
    rows: Vec<usize>,
    next: Option<String>,
}

async fn page(client: &Client, url: &str, token: &str) -> Result<Page, HttpError> {
    let request = client.get(format!("{url}/rows?token={token}"));
    Ok(request.send().await?.or_http_error()?.json().await?)
}

/// The pages from that of a token on.
fn pages(
    client: &Client,
    url: &str,
    first: Option<String>,
) -> impl Stream<Item = Result<Page, HttpError>> {
    stream::try_unfold(first, move |token| async move {
        let Some(token) = token else { return Ok(None) };
        let page = page(client, url, &token).await?;
        let next = page.next.clone();
        Ok(Some((page, next)))
    })
}

/// The page that a request asks for: its rows, and the token of the next.
fn text(request: &server::Request) -> String {
    let (_, token) = request.line.split_once("token=r").expect("a token");
    let before: usize = token.parse().expect("a number");
    let end = before + A_PAGE;
    let rows = (before + 1..=end).map(|row| row.to_string());
    let rows = Vec::from_iter(rows).join(",");
    match end < ROWS {
        true => format!(r#"{{"rows":[{rows}],"next":"r{end}"}}"#),
        false => format!(r#"{{"rows":[{rows}],"next":null}}"#),
    }
}

/// The response with a page, of which the second half is missing.
fn half(page: &str) -> String {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", page.len());
    head + &page[..page.len() / 2]
}

/// Gives three pages, beside a refusal and half of a page, and dies in the middle of the fourth.
async fn serve(port: u16) {
    let requests = AtomicUsize::new(0);
    let _server = Server::listen(port, move |request| {
        let page = text(request);
        match requests.fetch_add(1, Relaxed) {
            0 | 2 | 4 => answer(200, &[], &page),
            1 => answer(503, &[("retry-after", "0")], "busy"),
            3 => Reply::Cut(half(&page)),
            _ => {
                thread::spawn(|| {
                    // It is written by then.
                    thread::sleep(Duration::from_millis(20));
                    signal(process::id(), "KILL");
                });
                Reply::Answer(half(&page))
            }
        }
    });
    future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_from_a_server_that_dies() {
    if let Some(port) = Twin::port_to_serve() {
        return serve(port).await;
    }
    let mut server = Twin::start("lists::a_list_from_a_server_that_dies");
    let (client, url) = (Client::builder().no_proxy().build().unwrap(), server.url());
    let (refusals, mut kills) = (AtomicUsize::new(0), 0);
    let count = |broken: &RetryState<'_, Result<Page, HttpError>>| {
        let status = broken.err().and_then(HttpError::status);
        refusals.fetch_add(usize::from(status.is_some_and(|it| it == 503)), Relaxed);
    };
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(60)))
        .wait(wait::fixed(Duration::from_millis(5)))
        .when(when::transient())
        .before_sleep(count);
    let open = |token| {
        if server.is_down() {
            kills += 1;
            block_in_place(|| server.up());
        }
        pages(&client, &url, token)
    };
    let mut tally = Tally::new(ROWS);
    {
        let start = Some("r0".to_owned());
        let mut pages = pin!(policy.run_stream(start, open, |page| page.next.clone()));
        while let Some(page) = pages.next().await {
            page.unwrap()
                .rows
                .into_iter()
                .for_each(|row| tally.add(row));
        }
    }
    // Three pages a life, and the last two.
    assert_eq!((kills, refusals.into_inner()), (6, 7));
    tally.once_each(
        "rows of a list",
        "6 kills, 7 refusals and 6 halves of a page",
    );
}

/// Only the end of the connection marks the end of such a page, and no cut is told from it.
#[tokio::test]
async fn a_page_without_a_length_that_is_cut_is_no_short_page() {
    let server = Server::listen(0, |request| {
        let page = text(request);
        Reply::Cut(format!(
            "HTTP/1.1 200 OK\r\n\r\n{}",
            &page[..page.len() / 2]
        ))
    });
    let client = Client::builder().no_proxy().build().unwrap();
    let policy = RetryPolicy::new().when(when::transient());
    let (url, start) = (server.url(""), Some("r0".to_owned()));
    let pages = policy.run_stream(
        start,
        |token| pages(&client, &url, token),
        |page| page.next.clone(),
    );
    let pages: Vec<_> = pages.collect().await;
    assert_eq!(pages.len(), 1);
    assert!(pages[0].is_err());
    assert_eq!(server.requests().len(), 1, "it is final");
}
