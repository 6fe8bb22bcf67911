//! Handshakes of TLS that failed.

/// Returns whether another attempt may complete a handshake of TLS that failed with this text.
pub(super) fn is_passing(text: &str) -> bool {
    PASSING.iter().any(|words| text.contains(words))
}

/// Texts of failed handshakes that another attempt may complete: the peer went away, or has an internal
/// error, which is not a refusal (RFC 8446, 6.2).
///
/// They are from OpenSSL 3.0 (`ssl/ssl_err.c`), the crate openssl 0.10 (`src/ssl/error.rs`) and rustls 0.23
/// (`src/error.rs`).
const PASSING: [&str; 4] = [
    "unexpected EOF",
    "unexpected eof while reading",
    "alert internal error",
    "received fatal alert: InternalError",
];
