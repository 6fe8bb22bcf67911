//! `reqwest` over both of its implementations of TLS.

use std::io::{self, Read, Write};

use persevere::http::HttpError;
use persevere::{Health, Transient, Verdict};
use reqwest::{Certificate, Client, ClientBuilder};
use support::Row;
use tls::tls::{Fault, Tls, listen};

#[derive(Clone, Copy, Debug)]
enum Backend {
    Rustls,
    OpenSsl,
}

const BACKENDS: [Backend; 2] = [Backend::Rustls, Backend::OpenSsl];

impl Backend {
    fn name(self) -> &'static str {
        match self {
            Backend::Rustls => "rustls",
            Backend::OpenSsl => "OpenSSL",
        }
    }

    /// A client that trusts these servers alone.
    fn client<'a>(self, trusted: impl IntoIterator<Item = &'a Tls>) -> ClientBuilder {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = match self {
            Backend::Rustls => Client::builder().tls_backend_rustls(),
            Backend::OpenSsl => Client::builder().tls_backend_native(),
        };
        let trusted = trusted.into_iter().map(Tls::certificate);
        let trusted = trusted.map(|der| Certificate::from_der(&der).unwrap());
        client.no_proxy().tls_certs_only(trusted)
    }
}

async fn error(client: ClientBuilder, url: &str) -> reqwest::Error {
    client.build().unwrap().post(url).send().await.unwrap_err()
}

#[tokio::test]
async fn certificates_that_are_refused_are_final() {
    for backend in BACKENDS {
        for (fault, name, by_rustls) in [
            (Fault::Expired, "has expired", "Expired"),
            (Fault::NotYetValid, "is not yet valid", "NotValidYet"),
            (Fault::WrongName, "is another host's", "NotValidForName"),
            (
                Fault::UnknownIssuer,
                "has an unknown issuer",
                "UnknownIssuer",
            ),
        ] {
            let (server, other) = (Tls::start(fault), Tls::start(Fault::Sound));
            let trusted = match fault {
                Fault::UnknownIssuer => &other,
                _ => &server,
            };
            let error = error(backend.client([trusted]), &server.url()).await;
            assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
            assert_eq!(error.health(), Health::Failed, "{error:?}");
            let seen = match backend {
                Backend::Rustls => by_rustls,
                Backend::OpenSsl => "certificate verify failed",
            };
            Row::new(
                "reqwest",
                &format!("the certificate {name}, by {}", backend.name()),
            )
            .server("rustls")
            .seen(seen)
            .source("RFC 8446, 6.2")
            .check(&error);
            assert_eq!(HttpError::from(error).verdict(), Verdict::Final);
        }
        let sound = Tls::start(Fault::Sound);
        let client = backend.client([&sound]).build().unwrap();
        client.get(sound.url()).send().await.unwrap();
    }
}

#[tokio::test]
async fn peers_without_tls_are_final() {
    for backend in BACKENDS {
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
            let error = error(backend.client([]), &url).await;
            assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
            if greeting.starts_with("HTTP") {
                let fault = format!("TLS to a port of plain HTTP, by {}", backend.name());
                let seen = match backend {
                    Backend::Rustls => "InvalidContentType",
                    Backend::OpenSsl => "wrong version number",
                };
                Row::new("reqwest", &fault)
                    .seen(seen)
                    .source("RFC 8446, 6.2")
                    .check(&error);
            }
        }
    }
}

#[tokio::test]
async fn handshakes_that_are_closed_or_reset_are_retried() {
    for backend in BACKENDS {
        for reset in [false, true] {
            let port = listen(move |mut stream| match reset {
                // One that is closed with something unread in it is reset.
                true => stream.read(&mut [0]).map(drop),
                false => stream.read(&mut [0; 4096]).map(drop),
            });
            let url = format!("https://localhost:{port}/");
            let error = error(backend.client([]), &url).await;
            assert_eq!(error.verdict(), Verdict::Retry, "{error:?}");
            assert!(error.unsent_without_redirects(), "{error:?}");
        }
    }
}

/// The client learns of it after its handshake: in place of a response, or before anything of the request is written.
#[tokio::test]
async fn a_certificate_that_the_client_does_not_have_is_final() {
    for backend in BACKENDS {
        let server = Tls::start(Fault::Clients);
        let error = error(backend.client([&server]), &server.url()).await;
        assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
        assert!(!error.unsent(), "{error:?}");
        let fault = format!("no certificate of the client, by {}", backend.name());
        Row::new("reqwest", &fault)
            .server("rustls")
            .seen(match backend {
                Backend::Rustls => "CertificateRequired",
                Backend::OpenSsl => "certificate required",
            })
            .source("RFC 8446, 6.2")
            .check_as(
                &format!("{error:?}"),
                error.verdict(),
                "without redirects, where nothing was written",
            );
    }
}

/// Behind a connection that was made a server may have processed the request.
#[tokio::test]
async fn exchanges_that_break_are_retried_and_not_unsent() {
    for backend in BACKENDS {
        for part in [
            "",
            "HTTP/1.1 200 OK\r\nCont",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
        ] {
            let server = Tls::breaking(part.as_bytes());
            let client = backend.client([&server]).build().unwrap();
            let error = match client.post(server.url()).send().await {
                Ok(response) => response.bytes().await.unwrap_err(),
                Err(error) => error,
            };
            assert_eq!(error.verdict(), Verdict::Retry, "{error:?}");
            assert!(!error.unsent_without_redirects(), "{error:?}");
        }
    }
}

/// A server that wants no version of TLS that the client has, or that has an error of its own.
#[tokio::test]
async fn alerts_are_final_but_for_an_internal_error() {
    for backend in BACKENDS {
        for (alert, verdict) in [
            (40, Verdict::Final), // handshake_failure
            (70, Verdict::Final), // protocol_version
            (48, Verdict::Final), // unknown_ca
            (80, Verdict::Retry), // internal_error
        ] {
            let port = listen(move |mut stream| {
                stream.read(&mut [0; 4096]).map(drop)?;
                stream.write_all(&[21, 3, 3, 0, 2, 2, alert])?;
                io::copy(&mut stream, &mut io::sink()).map(drop)
            });
            let url = format!("https://localhost:{port}/");
            let error = error(backend.client([]), &url).await;
            assert_eq!(error.verdict(), verdict, "{alert} {error:?}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_final() {
    for backend in BACKENDS {
        let port = listen(|mut stream| {
            stream.read(&mut [0; 4096]).map(drop)?;
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        });
        let proxy = reqwest::Proxy::https(format!("http://127.0.0.1:{port}")).unwrap();
        let client = backend.client([]).proxy(proxy);
        let by_tunnel = error(client, "https://shop.test/").await;
        assert_eq!(by_tunnel.verdict(), Verdict::Final, "{by_tunnel:?}");
        Row::new("reqwest", "the proxy refuses CONNECT: 403")
            .seen("tunnel error: unsuccessful")
            .source("hyper-util 0.1.21, proxy/tunnel.rs")
            .check(&by_tunnel);

        let port = listen(|mut stream| {
            stream.read(&mut [0; 512]).map(drop)?;
            stream.write_all(&[5, 0])?;
            stream.read(&mut [0; 512]).map(drop)?;
            stream.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0])
        });
        let proxy = reqwest::Proxy::all(format!("socks5h://127.0.0.1:{port}")).unwrap();
        let by_socks = error(backend.client([]).proxy(proxy), "http://shop.test/").await;
        assert_eq!(by_socks.verdict(), Verdict::Final, "{by_socks:?}");
        Row::new("reqwest", "the SOCKS proxy does not allow the connection")
            .seen("connection not allowed")
            .source("RFC 1928, 6")
            .check(&by_socks);
    }
}
