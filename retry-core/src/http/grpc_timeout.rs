//! gRPC's timeout.

use core::time::Duration;

/// How long the value of gRPC's `grpc-timeout` gives a call.
///
/// It is a number of one to eight decimal digits, and a unit: `H`, `M` and `S` for hours, minutes and
/// seconds, `m`, `u` and `n` for milli-, micro- and nanoseconds. Zero is what callers send whose time is
/// up. Anything else is `None`, no limit: a sign, a fraction, a space, a ninth digit, another unit.
///
/// Source: [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests).
///
/// ```
/// use persevere_core::http::grpc_timeout;
/// use std::time::Duration;
///
/// assert_eq!(grpc_timeout("250m"), Some(Duration::from_millis(250)));
/// assert_eq!(grpc_timeout("2H"), Some(Duration::from_secs(7200)));
/// assert_eq!(grpc_timeout("0n"), Some(Duration::ZERO));
/// assert_eq!(grpc_timeout("250ms"), None);
/// ```
pub fn grpc_timeout(value: impl AsRef<[u8]>) -> Option<Duration> {
    let (unit, digits) = value.as_ref().split_last()?;
    let is_number = (1..=8).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let number: u64 = is_number
        .then(|| core::str::from_utf8(digits).ok()?.parse().ok())
        .flatten()?;
    match unit {
        b'H' => Some(Duration::from_secs(number * 3600)),
        b'M' => Some(Duration::from_secs(number * 60)),
        b'S' => Some(Duration::from_secs(number)),
        b'm' => Some(Duration::from_millis(number)),
        b'u' => Some(Duration::from_micros(number)),
        b'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}
