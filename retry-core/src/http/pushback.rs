//! gRPC's pushback.

use core::time::Duration;

use crate::call::outcome::Verdict;

/// What the value of gRPC's `grpc-retry-pushback-ms` says of another attempt:
/// [`RetryIn`](Verdict::RetryIn) so many milliseconds, or [`Final`](Verdict::Final).
///
/// It is literal: the next attempt is made after exactly that pause, in place of the wait's own and without
/// jitter, and at once where it is 0. A limit of the call, and the [`hint_max`](crate::wait::Backoff::hint_max)
/// of its wait, hold all the same.
///
/// The value is a signed 32-bit number in decimal digits, without leading zeros. A negative one asks not
/// to retry at all, and so does, by the rule of its source, whatever else is not such a number: a server
/// that says something about retries which is not understood is not one to press. Where the key stands
/// there more than once, no value is the right one: take that as `Final` too. A key that is missing says
/// nothing; do not ask here.
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
