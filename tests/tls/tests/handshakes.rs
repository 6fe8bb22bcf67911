//! `ureq`, `lettre` and `mysql` in handshakes that fail, and in which nothing was sent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use mysql::{Conn, OptsBuilder, SslOpts};
use persevere::{Health, Transient, Verdict};
use ureq::tls::{TlsConfig, TlsProvider};

/// Alerts of TLS, fatal: the peer has a fault of its own, or refuses.
const INTERNAL_ERROR: &[u8] = &[21, 3, 3, 0, 2, 2, 80];
const HANDSHAKE_FAILURE: &[u8] = &[21, 3, 3, 0, 2, 2, 40];

/// A server that reads the first bytes of each client after its own, and answers them so.
fn server(greeting: Vec<u8>, answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.write_all(&greeting);
            finish(socket, answer);
        }
    });
    port
}

fn finish(mut socket: TcpStream, answer: &[u8]) {
    let _ = socket.read(&mut [0; 4096]);
    let _ = socket.write_all(answer);
    // All that the client says is read, so that the end is no reset.
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let _ = socket.read_to_end(&mut Vec::new());
}

#[track_caller]
fn check(error: &impl Transient, retried: bool, what: &str) {
    assert_eq!(error.verdict(), Verdict::retry_if(retried), "{what}");
    assert_eq!(error.health(), Health::Failed, "{what}");
}

const FAULTS: [(&str, &[u8], bool); 4] = [
    ("closed", b"", true),
    ("an internal error", INTERNAL_ERROR, true),
    ("a refusal", HANDSHAKE_FAILURE, false),
    ("no TLS", b"HTTP/1.1 400 Bad Request\r\n\r\n", false),
];

#[test]
fn of_ureq() {
    for provider in [TlsProvider::NativeTls, TlsProvider::Rustls] {
        let tls = TlsConfig::builder().provider(provider);
        let config = ureq::Agent::config_builder().proxy(None);
        let agent: ureq::Agent = config
            .tls_config(tls.disable_verification(true).build())
            .build()
            .into();
        for (fault, answer, retried) in FAULTS {
            let port = server(Vec::new(), answer);
            let error = agent
                .get(format!("https://127.0.0.1:{port}/"))
                .call()
                .unwrap_err();
            check(
                &error,
                retried,
                &format!("{provider:?}, {fault}: {error:?}"),
            );
        }
    }
}

#[test]
fn of_lettre() {
    for (fault, answer, retried) in FAULTS {
        let port = server(Vec::new(), answer);
        let tls = TlsParameters::builder("localhost".into()).dangerous_accept_invalid_certs(true);
        let mailer = SmtpTransport::builder_dangerous("127.0.0.1").port(port);
        let mailer = mailer.tls(Tls::Wrapper(tls.build().unwrap())).build();
        let error = mailer.test_connection().unwrap_err();
        check(&error, retried, &format!("{fault}: {error:?}"));
        assert!(error.unsent(), "{fault}: {error:?}");
    }
}

/// lettre calls them errors of the connection, or of TLS.
#[test]
fn a_transport_of_lettre_that_cannot_be_built_says_nothing_of_the_server() {
    let errors = [
        "http://host",
        "nonsense",
        "smtp:/nohost",
        "smtps://",
        "smtp://host:99999",
    ]
    .map(|address| SmtpTransport::from_url(address).err().unwrap());
    let garbage = Certificate::from_pem(b"garbage").err().unwrap();
    for error in errors.iter().chain([&garbage]) {
        assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
        assert!(!error.unsent(), "{error:?}");
        assert_eq!(error.health(), Health::Unknown, "{error:?}");
    }
}

#[test]
fn of_mysql() {
    for (fault, answer, retried) in FAULTS {
        let options = OptsBuilder::new()
            .ip_or_hostname(Some("127.0.0.1"))
            .tcp_port(server(greeting(), answer))
            .prefer_socket(false)
            .ssl_opts(Some(
                SslOpts::default().with_danger_accept_invalid_certs(true),
            ));
        let error = Conn::new(options).err().unwrap();
        check(&error, retried, &format!("{fault}: {error:?}"));
    }
}

/// The first packet of a MySQL 8.0 that can speak TLS.
fn greeting() -> Vec<u8> {
    let mut packet = vec![10];
    packet.extend(b"8.0.0\0");
    packet.extend([1, 0, 0, 0]);
    packet.extend([1; 8]);
    packet.push(0);
    // What it can do, its character set and its state; TLS is bit 11.
    packet.extend([0xff, 0xff, 33, 2, 0, 0xff, 0xc1, 21]);
    packet.extend([0; 10]);
    packet.extend([1; 12]);
    packet.push(0);
    packet.extend(b"mysql_native_password\0");
    let mut whole = vec![u8::try_from(packet.len()).unwrap(), 0, 0, 0];
    whole.extend(packet);
    whole
}
