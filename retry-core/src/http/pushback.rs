//! The `grpc-retry-pushback-ms` header.

use core::time::Duration;

use crate::call::outcome::Verdict;

/// Returns the verdict that the value of gRPC's `grpc-retry-pushback-ms` requests:
/// [`RetryIn`](Verdict::RetryIn) that number of milliseconds, or [`Final`](Verdict::Final).
///
/// It is literal. The next attempt is made after exactly that pause, in place of the wait's own and without
/// jitter, and at once if it is 0. A limit of the call, and the [`hint_max`](crate::wait::Backoff::hint_max)
/// of its wait, still apply.
///
/// The value is a signed 32-bit number in decimal digits, without leading zeros. A negative one requests no
/// retry at all. By the rule of the source, so does any value that is not such a number: do not press a
/// server whose statement about retries is not understood. If the key occurs more than once, no value is the
/// right one: treat that as `Final` too. A missing key makes no statement, and needs no call of this
/// function.
///
/// Source: [gRFC A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Verdict, http::pushback};
/// use std::time::Duration;
///
/// assert_eq!(pushback("250"), Verdict::RetryIn(Duration::from_millis(250)));
/// assert_eq!(pushback("0"), Verdict::RetryIn(Duration::ZERO));
/// assert_eq!(pushback("-1"), Verdict::Final);
/// assert_eq!(pushback("a moment"), Verdict::Final);
/// ```
pub fn pushback(value: impl AsRef<[u8]>) -> Verdict {
    match millis(value.as_ref()) {
        Some(millis) => Verdict::RetryIn(Duration::from_millis(millis.into())),
        None => Verdict::Final,
    }
}

fn millis(value: &[u8]) -> Option<u32> {
    let canonical = value == b"0" || matches!(value.first(), Some(b'1'..=b'9'));
    let value: i32 = core::str::from_utf8(value).ok()?.parse().ok()?;
    canonical.then(|| value.unsigned_abs())
}
