//! Addresses that lead nowhere, and proxies that do not connect further.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use http_body_util::Empty;
use hyper::Uri;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5, Tunnel};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use persevere::http::HttpError;
use persevere::{Health, Transient, Verdict};
use server::tls::listen;
use support::Row;

fn uri(text: &str) -> Uri {
    text.parse().unwrap()
}

/// A connector of TCP that takes whatever scheme there is.
fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp
}

/// The error of a client that goes through a tunnel of this proxy.
async fn through_tunnel(port: u16) -> legacy::Error {
    let tunnel = Tunnel::new(uri(&format!("http://127.0.0.1:{port}")), tcp());
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(tunnel);
    client.get(uri("https://shop.test/")).await.unwrap_err()
}

/// A proxy that answers a `CONNECT` so.
fn proxy(answer: &'static str) -> u16 {
    listen(move |mut stream| {
        stream.read(&mut [0; 4096]).map(drop)?;
        stream.write_all(answer.as_bytes())
    })
}

#[tokio::test]
async fn a_proxy_that_does_not_connect_is_final() {
    for (answer, seen) in [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "unsuccessful"),
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "proxy authorization required",
        ),
        ("HTTP/1.1 405 Method Not Allowed\r\n\r\n", "unsuccessful"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "unsuccessful"),
    ] {
        let error = through_tunnel(proxy(answer)).await;
        assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
        assert_eq!(error.health(), Health::Failed, "{error:?}");
        if !answer.contains("405") && !answer.contains("SSH") {
            let fault = format!("the proxy refuses CONNECT: {}", &answer[9..12]);
            Row::new("hyper-util", &fault)
                .seen(seen)
                .source("hyper-util 0.1.21, proxy/tunnel.rs")
                .check(&error);
        }
        assert_eq!(HttpError::from(error).verdict(), Verdict::Final);
    }
}

#[tokio::test]
async fn a_proxy_that_is_away_is_retried() {
    let gone = through_tunnel(support::free_port()).await;
    let closed = through_tunnel(listen(|mut stream| stream.read(&mut [0; 4096]).map(drop))).await;
    let reset = through_tunnel(listen(|mut stream| stream.read(&mut [0]).map(drop))).await;
    for error in [gone, closed, reset] {
        assert_eq!(error.verdict(), Verdict::Retry, "{error:?}");
        assert!(error.unsent(), "{error:?}");
    }
}

/// A proxy of SOCKS that says this after whatever it reads.
fn socks(answers: &'static [&'static [u8]]) -> u16 {
    listen(move |mut stream: TcpStream| {
        for answer in answers {
            stream.read(&mut [0; 512]).map(drop)?;
            stream.write_all(answer)?;
        }
        io::copy(&mut stream, &mut io::sink()).map(drop)
    })
}

async fn through_socks(port: u16) -> legacy::Error {
    let socks = SocksV5::new(uri(&format!("http://127.0.0.1:{port}")), tcp());
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(socks);
    client.get(uri("http://shop.test/")).await.unwrap_err()
}

/// The replies of RFC 1928, section 6.
#[tokio::test]
async fn a_proxy_of_socks_says_which_refusals_pass() {
    const NO_LOGIN: &[u8] = &[5, 0];
    macro_rules! reply {
        ($code:literal) => {
            &[NO_LOGIN, &[5, $code, 0, 1, 0, 0, 0, 0, 0, 0]]
        };
    }
    const PASSING: [&[&[u8]]; 5] = [reply!(1), reply!(3), reply!(4), reply!(5), reply!(6)];
    const NEVER: [&[&[u8]]; 4] = [reply!(2), reply!(7), reply!(8), &[&[5, 0xff]]];
    for answers in PASSING {
        let error = through_socks(socks(answers)).await;
        assert_eq!(error.verdict(), Verdict::Retry, "{error:?}");
    }
    for answers in NEVER {
        let error = through_socks(socks(answers)).await;
        assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
    }
    Row::new(
        "hyper-util",
        "the SOCKS proxy does not allow the connection",
    )
    .seen("ConnectionNotAllowed")
    .source("RFC 1928, 6")
    .check(&through_socks(socks(NEVER[0])).await);
    Row::new("hyper-util", "the SOCKS proxy cannot reach the host")
        .seen("HostUnreachable")
        .source("RFC 1928, 6")
        .check(&through_socks(socks(PASSING[2])).await);
    let gone = through_socks(support::free_port()).await;
    assert_eq!(gone.verdict(), Verdict::Retry, "{gone:?}");
}

/// That of version 4 says for almost everything that it failed.
#[tokio::test]
async fn a_proxy_of_old_socks_that_fails_is_retried() {
    for (code, verdict) in [
        (91, Verdict::Retry),
        (92, Verdict::Final),
        (93, Verdict::Final),
    ] {
        let port = listen(move |mut stream| {
            stream.read(&mut [0; 512]).map(drop)?;
            stream.write_all(&[0, code, 0, 0, 0, 0, 0, 0])
        });
        let socks = SocksV4::new(uri(&format!("http://127.0.0.1:{port}")), tcp());
        let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(socks);
        let error = client.get(uri("http://127.0.0.1/")).await.unwrap_err();
        assert_eq!(error.verdict(), verdict, "{error:?}");
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_final() {
    let plain: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let roots = rustls::RootCertStore::empty();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(config);
    let secure = connector.https_only().enable_http1().build();
    let secure: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(secure);
    let without_tls = plain.get(uri("https://shop.test/")).await.unwrap_err();
    Row::new("hyper-util", "https of a connector without TLS")
        .seen("scheme is not http")
        .source("hyper-util 0.1.21, connect/http.rs")
        .check(&without_tls);
    let http = secure.get(uri("http://shop.test/")).await.unwrap_err();
    let unknown = secure.get(uri("gopher://shop.test/")).await.unwrap_err();
    let no_name = secure.get(uri("https://-/")).await.unwrap_err();
    for error in [without_tls, http, unknown, no_name] {
        assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
        assert_eq!(error.health(), Health::Unknown, "{error:?}");
    }
}

#[tokio::test]
async fn addresses_that_reqwest_does_not_take_are_final() {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let only = reqwest::Client::builder().no_proxy().https_only(true);
    let only = only.build().unwrap();
    let mut errors = Vec::new();
    for url in [
        "gopher://shop.test/",
        "not a URL",
        "http://",
        "http://[::1/",
        "http://shop.test:99999/",
    ] {
        errors.push(client.get(url).send().await.unwrap_err());
    }
    errors.push(only.get("http://shop.test/").send().await.unwrap_err());
    for error in &errors {
        assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
        assert!(!error.unsent_without_redirects(), "{error:?}");
    }
    Row::new("reqwest", "an unknown scheme")
        .seen("scheme is not allowed")
        .source("RFC 9110, 4.2")
        .check(&errors[0]);
    Row::new("reqwest", "`https_only`, and a URL of http")
        .seen("scheme is not allowed")
        .source("reqwest 0.13.5, `ClientBuilder::https_only`")
        .check(errors.last().unwrap());
}
