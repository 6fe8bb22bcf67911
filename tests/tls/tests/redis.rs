//! `redis` over OpenSSL, whose handshakes have two kinds, and a text that tells.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use persevere::{Health, Transient};
use redis::{Client, RedisError};
use support::Row;
use tls::tls::{Fault, Tls};

/// The errors of the blocking and of the async client.
async fn errors(port: u16) -> [RedisError; 2] {
    let client = Client::open(format!("rediss://localhost:{port}/")).unwrap();
    let later = client.get_multiplexed_async_connection().await;
    [client.get_connection().err().unwrap(), later.err().unwrap()]
}

/// A server that reads the first bytes of two clients, and does this with them.
fn answer(with: fn(TcpStream)) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut socket in listener.incoming().take(2).flatten() {
            let _ = socket.read(&mut [0; 4096]);
            with(socket);
        }
    });
    port
}

fn check(fault: &str, seen: &str, errors: [RedisError; 2]) {
    for (error, client) in errors.into_iter().zip(["blocking", "async"]) {
        assert_eq!(error.health(), Health::Failed, "{error}");
        let fault = format!("{fault}, {client} over OpenSSL");
        let row = Row::new("redis", &fault).server("loopback sockets");
        row.seen(seen)
            .source("openssl: the text alone tells")
            .check(&error);
    }
}

#[tokio::test]
async fn handshakes_that_fail() {
    let server = Tls::start(Fault::Sound);
    let port = server
        .url()
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let untrusted = errors(port).await;
    check(
        "a certificate of an unknown issuer",
        "certificate verify failed",
        untrusted,
    );
    let plain = |mut socket: TcpStream| drop(socket.write_all(b"-ERR Protocol error\r\n"));
    let plain = errors(answer(plain)).await;
    check(
        "a server that does not speak TLS",
        "wrong version number",
        plain,
    );
    let closed = errors(answer(drop)).await;
    check("a handshake that is closed", "unexpected EOF", closed);
}
