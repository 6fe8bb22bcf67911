//! Servers of TLS, the same as those of `tests/http`.

#[path = "../../http/src/tls.rs"]
pub mod tls;
