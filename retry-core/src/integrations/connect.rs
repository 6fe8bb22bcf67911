//! Connections that were not made: which never will be.

use std::error::Error;
use std::io;

#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
use super::hyper;
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
use crate::call::outcome::Health;
use crate::call::outcome::Verdict;
use crate::transient::causes::{as_type, chain};

/// Final where what came of the connection was refused, such as a certificate; where a proxy refused the way through
/// itself; and where the address leads nowhere. A handshake that was closed, reset or late passes, and so does a name
/// that does not resolve.
pub(super) fn verdict(error: &(dyn Error + 'static)) -> Verdict {
    let never = |cause| is_refused(cause) || is_barred(cause) || is_misaddressed(cause);
    Verdict::retry_if(!chain(error).any(never))
}

/// The service has failed, also where a certificate is refused, unless the own host has, or the address leads nowhere.
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
pub(super) fn health(error: &(dyn Error + 'static)) -> Health {
    if chain(error).any(is_misaddressed) {
        Health::Unknown
    } else {
        hyper::broken(error)
    }
}

/// The connection is refused by what the peer sent, or the system said.
///
/// rustls gives everything that it refuses as `InvalidData`: certificates, versions, whatever is no TLS. OpenSSL has no type
/// that tells without a dependency on it; native-tls shows its errors as the text `error:NUMBER:LIBRARY:FUNCTION:REASON:..`
/// of `ERR_error_string_n` (openssl 0.10, `src/error.rs`): `error:0A000086:SSL routines:..:certificate verify failed:..`,
/// `error:0A00010B:SSL routines:..:wrong version number:..`. Those of its TLS are refusals.
fn is_refused(cause: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, PermissionDenied, Unsupported};
    let text = cause.to_string();
    if PASSING.iter().any(|words| text.contains(words)) {
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

/// Handshakes that another attempt may complete: the peer went away, or has an error of its own, which is no refusal
/// (RFC 8446, 6.2). The texts of OpenSSL 3.0 (`ssl/ssl_err.c`) and of rustls 0.23 (`src/error.rs`).
const PASSING: [&str; 3] = [
    "unexpected eof while reading",
    "alert internal error",
    "received fatal alert: InternalError",
];

/// A proxy refuses to connect further.
///
/// hyper-util exports no type of its errors; these are the texts of 0.1.21, `src/client/legacy/connect/proxy`.
fn is_barred(cause: &(dyn Error + 'static)) -> bool {
    let text = cause.to_string();
    let by_tunnel = || text.strip_prefix("tunnel error: ");
    let by_socks = || text.strip_prefix("SOCKS error: ");
    by_tunnel().is_some_and(|why| TUNNEL.contains(&why))
        || by_socks().is_some_and(|why| SOCKS.contains(&why))
}

/// Of `tunnel.rs`: every answer to `CONNECT` other than 200 and 407 is unsuccessful.
const TUNNEL: [&str; 3] = [
    "proxy authorization required",
    "proxy response headers too long",
    "unsuccessful",
];

/// Of `socks/mod.rs`, `socks/v4` and `socks/v5`.
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

/// The address leads nowhere: a scheme that is not spoken, no host, a host that can have no certificate.
fn is_misaddressed(cause: &(dyn Error + 'static)) -> bool {
    let text = cause.to_string();
    NOWHERE.iter().any(|words| text.starts_with(words))
}

/// Texts, because no type is exported: those of hyper-util 0.1.21 (`connect/http.rs`, and its proxies as above),
/// hyper-rustls 0.27.10 (`connector.rs`), rustls-pki-types 1.16 (`server_name.rs`), hyper-tls 0.6 (`client.rs`), and
/// reqwest 0.13.5 (`connect.rs`).
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
