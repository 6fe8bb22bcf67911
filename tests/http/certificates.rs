//! Connections that come to nothing: certificates that are refused, peers that speak no TLS, handshakes that break.

use std::error::Error;
use std::io::{self, Read, Write};
use std::sync::Arc;

use http_body_util::Empty;
use hyper::Uri;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use persevere::http::HttpError;
use persevere::{Health, Transient, Verdict};
use rustls::{ClientConfig, RootCertStore};
use server::tls::{Fault, Tls, listen};
use support::Row;

const RULE: &str = "RFC 8446, 6.2";

type Secure = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

/// A client that trusts these servers alone.
fn client<'a>(trusted: impl IntoIterator<Item = &'a Tls>) -> Secure {
    let mut roots = RootCertStore::empty();
    for server in trusted {
        roots.add(server.certificate()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(config);
    let connector = connector.https_or_http().enable_http1().build();
    Client::builder(TokioExecutor::new()).build(connector)
}

async fn get(client: &Secure, url: &str) -> Result<(), legacy::Error> {
    client.get(url.parse::<Uri>().unwrap()).await.map(drop)
}

fn texts(error: &legacy::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        text += &format!("{error:?} ");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn certificates_that_are_refused_are_final() {
    for (fault, name, seen) in [
        (
            Fault::Expired,
            "the certificate has expired",
            "ExpiredContext",
        ),
        (
            Fault::NotYetValid,
            "the certificate is not yet valid",
            "NotValidYetContext",
        ),
        (
            Fault::WrongName,
            "the certificate is another host's",
            "NotValidForNameContext",
        ),
        (
            Fault::UnknownIssuer,
            "the certificate's issuer is unknown",
            "UnknownIssuer",
        ),
    ] {
        let server = Tls::start(fault);
        let other = Tls::start(Fault::Sound);
        let trusted = match fault {
            Fault::UnknownIssuer => &other,
            _ => &server,
        };
        let error = get(&client([trusted]), &server.url()).await.unwrap_err();
        assert_eq!(
            error.verdict(),
            Verdict::Final,
            "{fault:?} {}",
            texts(&error)
        );
        assert_eq!(error.health(), Health::Failed, "{fault:?}");
        Row::new("hyper-util", name)
            .server("rustls")
            .seen(seen)
            .source(RULE)
            .check(&error);
        let error = HttpError::from(error);
        assert_eq!(error.verdict(), Verdict::Final, "{fault:?}");
        assert_eq!(error.health(), Health::Failed, "{fault:?}");
    }
    let sound = Tls::start(Fault::Sound);
    get(&client([&sound]), &sound.url()).await.unwrap();
}

/// A port of HTTP without TLS, of SSH and of SMTP: what comes is no TLS.
#[tokio::test]
async fn peers_without_tls_are_final() {
    for greeting in [
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.test ESMTP\r\n",
    ] {
        let port = listen(move |mut stream| {
            stream.read(&mut [0; 512]).map(drop)?;
            stream.write_all(greeting.as_bytes())?;
            io::copy(&mut stream, &mut io::sink()).map(drop)
        });
        let url = format!("https://localhost:{port}/");
        let error = get(&client([]), &url).await.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Final, "{}", texts(&error));
        if greeting.starts_with("HTTP") {
            Row::new("hyper-util", "TLS to a port of plain HTTP")
                .seen("InvalidContentType")
                .source(RULE)
                .check(&error);
        }
    }
}

/// Nor does another attempt make a port of TLS speak without it.
#[tokio::test]
async fn a_port_of_tls_without_it_is_final() {
    let server = Tls::start(Fault::Sound);
    let url = server.url().replace("https", "http");
    let error = get(&client([]), &url).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Final, "{}", texts(&error));
}

#[tokio::test]
async fn handshakes_that_are_closed_or_reset_are_retried() {
    for reset in [false, true] {
        let port = listen(move |mut stream| match reset {
            // One that is closed with something unread in it is reset.
            true => stream.read(&mut [0]).map(drop),
            false => stream.read(&mut [0; 4096]).map(drop),
        });
        let url = format!("https://localhost:{port}/");
        let error = get(&client([]), &url).await.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Retry, "{}", texts(&error));
        assert!(error.unsent() && error.health() == Health::Failed);
        let (fault, seen) = match reset {
            true => ("the TLS handshake is reset", "ConnectionReset"),
            false => ("the TLS handshake is closed", "UnexpectedEof"),
        };
        Row::new("hyper-util", fault)
            .seen(seen)
            .source("RFC 8446, 6.1")
            .check(&error);
    }
}
