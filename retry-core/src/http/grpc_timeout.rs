//! The `grpc-timeout` header.

use core::time::Duration;

/// Returns the time that the value of gRPC's `grpc-timeout` gives a call.
///
/// The value is a number of one to eight decimal digits, and a unit: `H`, `M` and `S` for hours, minutes and
/// seconds, `m`, `u` and `n` for milli-, micro- and nanoseconds. Callers whose time is up send zero. Anything
/// else gives `None`, no limit: a sign, a fraction, a space, a ninth digit, another unit.
///
/// Source: [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::grpc_timeout;
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

/// Returns the longest `grpc-timeout` that is not longer than `duration`, in the finest unit for which eight
/// digits suffice.
#[cfg(feature = "tower")]
pub(crate) fn grpc_timeout_of(duration: Duration) -> String {
    const NANOS: [(char, u128); 6] = [
        ('n', 1),
        ('u', 1_000),
        ('m', 1_000_000),
        ('S', 1_000_000_000),
        ('M', 60_000_000_000),
        ('H', 3_600_000_000_000),
    ];
    const MOST: u128 = 99_999_999;
    let counts = NANOS.map(|(unit, nanos)| (unit, duration.as_nanos() / nanos));
    let finest = counts.into_iter().find(|(_, count)| *count <= MOST);
    let (unit, count) = finest.unwrap_or(('H', MOST));
    alloc::format!("{count}{unit}")
}

#[cfg(all(test, feature = "tower"))]
mod tests {
    use super::{grpc_timeout, grpc_timeout_of};
    use core::time::Duration;

    #[test]
    fn what_is_left_is_said_in_the_finest_unit() {
        let table = [
            (Duration::ZERO, "0n"),
            (Duration::from_nanos(99_999_999), "99999999n"),
            (Duration::from_nanos(100_000_999), "100000u"),
            (Duration::from_secs(99), "99000000u"),
            (Duration::from_secs(100), "100000m"),
            (Duration::from_secs(1_000_000), "1000000S"),
            (Duration::from_secs(100_000_059), "1666667M"),
            (Duration::from_secs(6_000_000_000), "1666666H"),
            (Duration::MAX, "99999999H"),
        ];
        for (left, said) in table {
            assert_eq!(grpc_timeout_of(left), said);
            assert!(
                grpc_timeout(said).is_some_and(|read| read <= left),
                "{said}"
            );
        }
    }
}
