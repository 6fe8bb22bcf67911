//! `object_store` against an S3 of a test's own that fails, and over files.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
    RetryConfig,
};
use persevere::{Health, Transient};
use server::{HALF, Reply, Server, answer, refusing, status};
use support::{Row, Scratch, interrupted};

use crate::{TRANSIENT, UNSENT, three};

const SOURCE: &str = "object_store 0.14, client/retry.rs";

/// A store whose own retries are these.
fn store(url: &str, max_retries: usize) -> AmazonS3 {
    crate::install_tls();
    let quickly = BackoffConfig {
        init_backoff: Duration::from_millis(1),
        max_backoff: Duration::from_millis(2),
        base: 2.,
    };
    AmazonS3Builder::new()
        .with_endpoint(url)
        .with_allow_http(true)
        .with_bucket_name("bucket")
        .with_region("us-east-1")
        .with_access_key_id("key")
        .with_secret_access_key("secret")
        .with_client_options(
            ClientOptions::new()
                .with_allow_http(true)
                .with_timeout(Duration::from_millis(500)),
        )
        .with_retry(RetryConfig {
            backoff: quickly,
            max_retries,
            ..RetryConfig::default()
        })
        .build()
        .unwrap()
}

async fn put(store: &AmazonS3) -> Result<(), Error> {
    store
        .put(&Path::from("object"), PutPayload::from("data"))
        .await
        .map(drop)
}

async fn error_after(reply: Reply) -> Error {
    let server = Server::start([reply]);
    put(&store(&server.url(""), 0)).await.unwrap_err()
}

/// The number of requests of a call of three attempts to a server that always does this.
async fn requests(reply: &Reply, unsent: bool, own: usize) -> u32 {
    let server = Server::start(vec![reply.clone(); 50]);
    let store = store(&server.url(""), own);
    let _ = three(unsent, || put(&store)).await;
    u32::try_from(server.requests().len()).unwrap()
}

#[tokio::test]
async fn responses_are_judged_by_their_status() {
    for (fault, reply, seen, health) in [
        (
            "503 SlowDown with Retry-After: 7",
            answer(503, &[("Retry-After", "7")], "<Code>SlowDown</Code>"),
            "503",
            Health::Failed,
        ),
        ("429", status(429), "429", Health::Well),
        (
            "403 AccessDenied",
            answer(403, &[], "<Code>AccessDenied</Code>"),
            "AccessDenied",
            Health::Well,
        ),
        ("404", status(404), "not found", Health::Well),
        ("412", status(412), "precondition", Health::Well),
        (
            "closed without a response",
            Reply::Cut(String::new()),
            "IncompleteMessage",
            Health::Failed,
        ),
        (
            "reset without a response",
            Reply::Reset(String::new()),
            "ConnectionReset",
            Health::Failed,
        ),
        (
            "the response does not come in time",
            Reply::Stall,
            "TimedOut",
            Health::Failed,
        ),
    ] {
        let (once, again) = (
            requests(&reply, UNSENT, 0).await,
            requests(&reply, TRANSIENT, 0).await,
        );
        let error = error_after(reply).await;
        let row = Row::new("object_store", fault).seen(seen).source(SOURCE);
        row.processed(once, again).check(&error);
        assert_eq!(error.health(), health, "{fault}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_retried() {
    let error = put(&store(refusing().trim_end_matches('/'), 0))
        .await
        .unwrap_err();
    Row::new("object_store", "the connection is refused")
        .seen("ConnectionRefused")
        .source("connect(2), ECONNREFUSED")
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
}

/// The body of an object is read after `get` has returned.
#[tokio::test]
async fn a_body_that_ends_early_is_retried() {
    let headers =
        "HTTP/1.1 200 OK\r\nLast-Modified: Mon, 30 Nov 2026 06:00:00 GMT\r\nETag: \"1\"\r\n";
    let half = HALF.replacen("HTTP/1.1 200 OK\r\n", headers, 1);
    let server = Server::start(vec![Reply::Cut(half); 9]);
    let store = store(&server.url(""), 0);
    let object = store.get(&Path::from("object")).await.unwrap();
    let error = object.bytes().await.unwrap_err();
    Row::new("object_store", "closed in the body of an object")
        .seen("UnexpectedEof")
        .source("RFC 9112, 8 and 9.3.1")
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
}

/// Ten retries of the store's own in each of three attempts.
#[tokio::test]
async fn the_attempts_of_the_store_multiply() {
    assert_eq!(RetryConfig::default().max_retries, 10);
    assert_eq!(requests(&status(503), TRANSIENT, 10).await, 33);
    assert_eq!(requests(&status(503), TRANSIENT, 0).await, 3);
}

/// The store repeats what the server has done, and takes its own object for another's. With its retries off
/// the error is that of the connection.
#[tokio::test]
async fn a_store_that_repeats_finds_its_own_object() {
    let create = async |own| {
        let server = Server::start([Reply::Cut(String::new()), status(412)]);
        let (store, path) = (store(&server.url(""), own), Path::from("object"));
        let once = store.put_opts(&path, "data".into(), PutMode::Create.into());
        (once.await.unwrap_err(), server.requests().len())
    };
    let (error, requests) = create(10).await;
    assert!(matches!(error, Error::AlreadyExists { .. }) && requests == 2);
    let (error, requests) = create(0).await;
    assert!(error.verdict().is_retry() && !error.unsent() && requests == 1);
}

#[tokio::test]
async fn files_are_judged_by_their_io_error() {
    let scratch = Scratch::new("object-store");
    std::fs::write(scratch.path().join("file"), "").unwrap();
    let store = LocalFileSystem::new_with_prefix(scratch.path()).unwrap();
    let missing = store.get(&Path::from("nothing")).await.unwrap_err();
    Row::new("object_store", "a file that is not there")
        .server("files")
        .seen("No such file")
        .source("open(2), ENOENT")
        .check(&missing);
    let below = store
        .put(&Path::from("file/below"), PutPayload::from("data"))
        .await;
    let below = below.unwrap_err();
    assert!(!below.verdict().is_retry(), "{below:?}");
}

#[tokio::test(start_paused = true)]
async fn interrupts_have_a_place() {
    interrupted::each_is_judged::<Error>();
    interrupted::each_guard::<Error>().await;
}
