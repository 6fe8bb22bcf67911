//! Failures to connect, and which of them last.

use std::error::Error;
use std::io;

use super::handshake;
#[cfg(any(
    feature = "aws-smithy-runtime-api",
    feature = "hyper-util",
    feature = "object_store",
    feature = "reqwest"
))]
use super::hyper;
#[cfg(any(
    feature = "aws-smithy-runtime-api",
    feature = "hyper-util",
    feature = "object_store",
    feature = "reqwest"
))]
use crate::call::outcome::Health;
use crate::call::outcome::Verdict;
use crate::transient::causes::{as_type, chain};

/// Returns the verdict on a connection that was not made.
///
/// It is final if the peer's certificate, protocol or the like was refused, if a proxy itself refused to
/// connect further, and if the address leads nowhere. A handshake that was closed, reset or timed out is
/// transient, and so is a name that does not resolve.
pub(super) fn verdict(error: &(dyn Error + 'static)) -> Verdict {
    let never = |cause| is_refused(cause) || is_barred(cause) || is_misaddressed(cause);
    Verdict::retry_if(!chain(error).any(never))
}

/// Returns the health of the service.
///
/// It has failed, even if a certificate is refused, unless the fault is the local host's or the address leads
/// nowhere.
#[cfg(any(
    feature = "aws-smithy-runtime-api",
    feature = "hyper-util",
    feature = "object_store",
    feature = "reqwest"
))]
pub(super) fn health(error: &(dyn Error + 'static)) -> Health {
    if chain(error).any(is_misaddressed) {
        Health::Unknown
    } else {
        hyper::broken(error)
    }
}

/// Returns whether the connection is rejected, because of data from the peer or by the operating system.
///
/// rustls reports everything it refuses as `InvalidData`: certificates, versions, data that is not TLS.
/// OpenSSL has no type that could be checked without a dependency on it. native-tls shows its errors as the
/// text `error:NUMBER:LIBRARY:FUNCTION:REASON:..` of `ERR_error_string_n` (openssl 0.10, `src/error.rs`):
/// `error:0A000086:SSL routines:..:certificate verify failed:..`,
/// `error:0A00010B:SSL routines:..:wrong version number:..`. Errors of OpenSSL's TLS library are refusals.
fn is_refused(cause: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, PermissionDenied, Unsupported};
    let text = cause.to_string();
    if handshake::is_passing(&text) {
        return false;
    }
    match as_type(cause).map(io::Error::kind) {
        Some(kind) => matches!(
            kind,
            InvalidData | InvalidInput | PermissionDenied | Unsupported
        ),
        None => text.contains(":SSL routines:"),
    }
}

/// Returns whether a proxy refuses to connect further.
///
/// hyper-util exports no type for these errors. The texts are from hyper-util 0.1.21,
/// `src/client/legacy/connect/proxy`.
fn is_barred(cause: &(dyn Error + 'static)) -> bool {
    let text = cause.to_string();
    let by_tunnel = || text.strip_prefix("tunnel error: ");
    let by_socks = || text.strip_prefix("SOCKS error: ");
    by_tunnel().is_some_and(|why| TUNNEL.contains(&why))
        || by_socks().is_some_and(|why| SOCKS.contains(&why))
}

/// Texts of `tunnel.rs`. Every answer to `CONNECT` other than 200 and 407 is "unsuccessful".
const TUNNEL: [&str; 3] = [
    "proxy authorization required",
    "proxy response headers too long",
    "unsuccessful",
];

/// Texts of `socks/mod.rs`, `socks/v4` and `socks/v5`.
const SOCKS: [&str; 9] = [
    "address type not supported",
    "command not supported",
    "connection not allowed",
    "credentials not accepted",
    "failed parsing server response",
    "server does not support user/pass authentication",
    "server ident service did not recognise client identifier",
    "server ident service failed",
    "server implements authentication incorrectly",
];

/// Returns whether the address leads nowhere: an unsupported scheme, no host, or a host that can have no
/// certificate.
fn is_misaddressed(cause: &(dyn Error + 'static)) -> bool {
    let text = cause.to_string();
    NOWHERE.iter().any(|words| text.starts_with(words))
}

/// Texts of addresses that lead nowhere, as no type is exported.
///
/// They are from hyper-util 0.1.21 (`connect/http.rs`, and its proxies as above), hyper-rustls 0.27.10
/// (`connector.rs`), rustls-pki-types 1.16 (`server_name.rs`), hyper-tls 0.6 (`client.rs`) and reqwest 0.13.5
/// (`connect.rs`).
const NOWHERE: [&str; 13] = [
    "invalid URL, ",
    "tunnel error: missing destination host",
    "SOCKS error: missing destination",
    "SOCKS error: host address is more than 255 characters",
    "SOCKS error: IPV6 is not supported",
    "SOCKS error: failed serialize request",
    "missing scheme",
    "unsupported scheme ",
    "invalid dns name",
    "https required but URI was not https",
    "Invalid Server Name",
    "no host in url",
    "socks proxy destination has no host",
];
