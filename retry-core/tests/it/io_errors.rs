//! System errors without a kind, and those inside others.

use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use persevere_core::{Health, Interrupt, Transient, Verdict};

fn judged(error: &io::Error) -> (bool, bool, Health) {
    (error.verdict().is_retry(), error.unsent(), error.health())
}

#[test]
fn a_name_that_does_not_resolve_is_retried_and_unsent() {
    let real = "no-such-host.invalid:80".to_socket_addrs().unwrap_err();
    assert_eq!(judged(&real), (true, true, Health::Failed), "{real:?}");
    for detail in [
        "Temporary failure in name resolution",
        "Name or service not known",
        "nodename nor servname provided, or not known",
    ] {
        let text = format!("failed to lookup address information: {detail}");
        let error = io::Error::other(text);
        assert_eq!(judged(&error), (true, true, Health::Failed), "{detail}");
    }
}

#[test]
fn a_text_that_only_mentions_a_lookup_says_nothing() {
    let error = io::Error::other("cannot say: failed to lookup address information");
    assert!(!error.verdict().is_retry() && !error.unsent());
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_host_has_none_left_of_is_retried() {
    // EMFILE, ENFILE, ENOBUFS, ENOMEM
    for number in [24, 23, 105, 12] {
        let error = io::Error::from_raw_os_error(number);
        assert_eq!(judged(&error), (true, false, Health::Unknown), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_breaks_is_retried() {
    // ENETRESET, EHOSTDOWN, ENONET, ESHUTDOWN; EHOSTUNREACH, ENETUNREACH
    for number in [102, 112, 64, 108, 113, 101] {
        let error = io::Error::from_raw_os_error(number);
        assert_eq!(judged(&error), (true, false, Health::Failed), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_lasts_is_final() {
    // EPERM, ENOENT, EIO, EBADF, EACCES, ENOSPC, EROFS, EMSGSIZE, EPROTONOSUPPORT, EAFNOSUPPORT, EADDRINUSE, EISCONN
    for number in [1, 2, 5, 9, 13, 28, 30, 90, 93, 97, 98, 106] {
        let error = io::Error::from_raw_os_error(number);
        assert!(!error.verdict().is_retry() && !error.unsent(), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_local_address_is_retried_and_unsent() {
    // An address for documentation (RFC 5737), which no host has.
    let error = TcpListener::bind("192.0.2.1:0").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    assert_eq!(judged(&error), (true, true, Health::Unknown));
}

#[test]
fn a_refused_connection_is_still_what_it_was() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = TcpStream::connect(address).unwrap_err();
    assert_eq!(judged(&error), (true, true, Health::Failed));
}

#[test]
fn an_io_error_inside_decides() {
    for (outer, inner, verdict, unsent) in [
        (ErrorKind::Other, ErrorKind::ConnectionReset, true, false),
        (ErrorKind::Other, ErrorKind::ConnectionRefused, true, true),
        (ErrorKind::Other, ErrorKind::InvalidData, false, false),
        (
            ErrorKind::TimedOut,
            ErrorKind::PermissionDenied,
            false,
            false,
        ),
        (
            ErrorKind::ConnectionRefused,
            ErrorKind::BrokenPipe,
            true,
            false,
        ),
        (
            ErrorKind::InvalidData,
            ErrorKind::UnexpectedEof,
            true,
            false,
        ),
    ] {
        let error = io::Error::new(outer, io::Error::from(inner));
        assert_eq!(error.verdict().is_retry(), verdict, "{outer} {inner}");
        assert_eq!(error.unsent(), unsent, "{outer} {inner}");
        assert_eq!(error.health(), io::Error::from(inner).health());
        let shared = io::Error::new(outer, Arc::new(io::Error::from(inner)));
        assert_eq!(shared.verdict().is_retry(), verdict, "{outer} {inner}");
        let deep = io::Error::other(error);
        assert_eq!(deep.verdict().is_retry(), verdict, "{outer} {inner}");
    }
}

#[derive(Debug)]
struct Load(io::Error);

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot load")
    }
}

impl std::error::Error for Load {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// A kind is the statement of the error's author. `Other` states nothing.
#[test]
fn an_error_of_anyones_own_is_looked_through_where_the_kind_says_nothing() {
    let reset = || Load(ErrorKind::ConnectionReset.into());
    assert!(io::Error::other(reset()).verdict().is_retry());
    let invalid = io::Error::new(ErrorKind::InvalidData, reset());
    assert!(!invalid.verdict().is_retry());
    let refused = io::Error::new(
        ErrorKind::ConnectionRefused,
        Load(ErrorKind::InvalidInput.into()),
    );
    assert!(refused.verdict().is_retry() && refused.unsent());
}

#[test]
fn an_interrupt_inside_decides_however_deep() {
    let open = Interrupt::CircuitOpen {
        retry_after: Some(Duration::from_secs(3)),
    };
    let error = io::Error::other(io::Error::from(open));
    assert_eq!(error.verdict(), Verdict::RetryAfter(Duration::from_secs(3)));
    assert!(error.unsent());
    assert_eq!(error.health(), Health::Unknown);
    let cancelled = io::Error::new(ErrorKind::TimedOut, Interrupt::Cancelled);
    assert!(!cancelled.verdict().is_retry());
}

#[cfg(feature = "tonic")]
#[test]
fn an_error_of_an_integration_decides() {
    let status = tonic::Status::unavailable("starting");
    assert!(io::Error::other(status).verdict().is_retry());
    let status = tonic::Status::invalid_argument("no");
    let error = io::Error::new(ErrorKind::ConnectionReset, status);
    assert!(!error.verdict().is_retry());
}

#[cfg(feature = "rusqlite")]
#[test]
fn an_error_of_a_database_decides() {
    let busy = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(5), None);
    assert!(io::Error::other(busy).verdict().is_retry());
}

/// As rustls gives them, under whatever client.
#[test]
fn an_internal_error_of_the_peer_is_no_refusal() {
    for (text, retried) in [
        ("received fatal alert: InternalError", true),
        ("received fatal alert: HandshakeFailure", false),
        ("invalid peer certificate: Expired", false),
        ("unexpected EOF", false),
    ] {
        let error = io::Error::new(ErrorKind::InvalidData, text);
        assert_eq!(judged(&error), (retried, false, Health::Failed), "{text}");
    }
    let other = io::Error::other("received fatal alert: InternalError");
    assert!(!other.verdict().is_retry());
}
