//! Handshakes of TLS that failed.

/// Returns whether another attempt may complete a handshake of TLS that failed with this text.
#[cfg(any(
    feature = "async-nats",
    feature = "aws-smithy-runtime-api",
    feature = "etcd-client",
    feature = "hyper-util",
    feature = "lettre",
    feature = "mysql",
    feature = "object_store",
    feature = "redis",
    feature = "reqwest",
    feature = "tonic",
    feature = "ureq"
))]
pub(super) fn is_passing(text: &str) -> bool {
    /// An internal error from OpenSSL 3.0 (`ssl/ssl_err.c`) and the crate openssl 0.10 (`src/ssl/error.rs`), and
    /// their texts of a peer that went away.
    const PASSING: [&str; 3] = [
        "unexpected EOF",
        "unexpected eof while reading",
        "alert internal error",
    ];
    PASSING.iter().any(|words| text.contains(words)) || text.contains(INTERNAL_ERROR)
}

/// Returns whether rustls tells with this text, of which it makes an `io::Error` of the kind `InvalidData`, that
/// the peer has an internal error.
pub(super) fn is_internal_error(text: &str) -> bool {
    text == INTERNAL_ERROR
}

/// The text of an internal error, which is not a refusal (RFC 8446, 6.2), from rustls 0.23 (`src/error.rs`).
const INTERNAL_ERROR: &str = "received fatal alert: InternalError";
