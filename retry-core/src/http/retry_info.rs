//! Google's `RetryInfo`.

use core::time::Duration;

use super::protobuf::{Fields, Value};

/// Returns the time after which a gRPC server expects another attempt, by the `google.rpc.RetryInfo` among
/// the details of its status.
///
/// The details are those of tonic's `Status::details()`: the value of `grpc-status-details-bin`, decoded from
/// base64.
///
/// Zero is a `RetryInfo` without a time: the call can be retried at any time. `None` means that the details
/// contain no `RetryInfo`, or that it or a message around it is malformed, such as a time that is negative or
/// longer than 10,000 years. The longest of several holds.
///
/// Sources:
/// [`google.rpc.RetryInfo`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto),
/// [`google.rpc.Status`](https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto),
/// [`Duration`](https://protobuf.dev/reference/protobuf/google.protobuf/#duration).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::retry_info;
/// use std::time::Duration;
///
/// let details = [
///     b"\x08\x08\x1a\x2e\x0a\x28type.googleapis.com/google.rpc.RetryInfo", // the code 8, and one detail,
///     &b"\x12\x02\x0a\x00"[..],                                            // whose delay is empty
/// ];
/// assert_eq!(retry_info(details.concat()), Some(Duration::ZERO));
/// assert_eq!(retry_info(""), None);
/// ```
pub fn retry_info(details: impl AsRef<[u8]>) -> Option<Duration> {
    let mut longest = None;
    for field in Fields::of(details.as_ref()) {
        if let (3, Value::Bytes(detail)) = field? {
            let (url, value) = any(detail)?;
            if is_retry_info(url) {
                longest = longest.max(delay(value));
            }
        }
    }
    longest
}

/// Returns the type and the value of a `google.protobuf.Any`.
fn any(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut url, mut value) = (&[][..], &[][..]);
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(bytes)) => url = bytes,
            (2, Value::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    Some((url, value))
}

/// Returns whether a type is `RetryInfo`. Its name follows the last slash of the URL.
fn is_retry_info(url: &[u8]) -> bool {
    url.rsplit(|&byte| byte == b'/').next() == Some(b"google.rpc.RetryInfo")
}

/// Returns the `retry_delay` of a `google.rpc.RetryInfo`. If it occurs twice, both are merged into one
/// message.
fn delay(message: &[u8]) -> Option<Duration> {
    let mut delay = (0, 0);
    for field in Fields::of(message) {
        if let (1, Value::Bytes(more)) = field? {
            delay = duration(more, delay)?;
        }
    }
    let (seconds, nanos) = delay;
    let seconds = u64::try_from(seconds).ok().filter(|&it| it <= LONGEST)?;
    let nanos = u32::try_from(nanos).ok().filter(|&it| it < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos))
}

/// 10,000 years, the longest `google.protobuf.Duration`, in seconds.
const LONGEST: u64 = 315_576_000_000;

/// Returns the seconds and nanoseconds of a `google.protobuf.Duration`, with those of `before` for missing
/// fields.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "negative numbers are sent as large ones, and a 32-bit number is the low half of what is sent"
)]
fn duration(message: &[u8], before: (i64, i32)) -> Option<(i64, i32)> {
    let (mut seconds, mut nanos) = before;
    for field in Fields::of(message) {
        match field? {
            (1, Value::Varint(value)) => seconds = value as i64,
            (2, Value::Varint(value)) => nanos = value as i32,
            _ => {}
        }
    }
    Some((seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const URL: &str = "type.googleapis.com/google.rpc.RetryInfo";

    fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    fn number(field: u64, value: i64) -> Vec<u8> {
        [varint(field << 3), varint(value as u64)].concat()
    }

    fn bytes(field: u64, value: impl AsRef<[u8]>) -> Vec<u8> {
        let value = value.as_ref();
        let head = [varint(field << 3 | 2), varint(value.len() as u64)].concat();
        [head, value.to_vec()].concat()
    }

    fn detail(url: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
        bytes(3, [bytes(1, url), bytes(2, value)].concat())
    }

    /// A detail whose delay has these seconds and nanoseconds.
    fn info(seconds: i64, nanos: i64) -> Vec<u8> {
        let delay = [number(1, seconds), number(2, nanos)].concat();
        detail(URL, bytes(1, delay))
    }

    fn status(details: &[Vec<u8>]) -> Vec<u8> {
        [number(1, 14), bytes(2, "busy"), details.concat()].concat()
    }

    #[test]
    fn a_delay_as_google_sends_it() {
        let sent = b"\x08\x0e\x12\x04busy\x1a\x36\n\x28type.googleapis.com/google.rpc.RetryInfo\
            \x12\x0a\n\x08\x08\x01\x10\x80\xca\xb5\xee\x01";
        assert_eq!(retry_info(sent), Some(Duration::from_millis(1500)));
        assert_eq!(sent.to_vec(), status(&[info(1, 500_000_000)]));
    }

    #[test]
    fn the_type_is_what_follows_the_last_slash() {
        let delay = bytes(1, number(1, 2));
        for (url, is_read) in [
            (URL, true),
            ("example.org/a/b/google.rpc.RetryInfo", true),
            ("/google.rpc.RetryInfo", true),
            ("google.rpc.RetryInfo", true),
            ("type.googleapis.com/google.rpc.QuotaFailure", false),
            ("type.googleapis.com/google.rpc.RetryInfo/", false),
            ("type.googleapis.com/google.rpc.RetryInfo2", false),
            ("type.googleapis.com/my.google.rpc.RetryInfo", false),
            ("", false),
        ] {
            let read = retry_info(status(&[detail(url, &delay)]));
            assert_eq!(read, is_read.then_some(Duration::from_secs(2)), "{url}");
        }
    }

    #[test]
    fn a_delay_of_no_time_says_that_it_can_be_retried() {
        let zero = Some(Duration::ZERO);
        assert_eq!(retry_info(status(&[info(0, 0)])), zero);
        assert_eq!(retry_info(status(&[detail(URL, bytes(1, []))])), zero);
        assert_eq!(retry_info(status(&[detail(URL, [])])), zero);
        assert_eq!(retry_info(status(&[bytes(3, bytes(1, URL))])), zero);
        assert_eq!(retry_info(status(&[])), None);
    }

    #[test]
    fn a_delay_that_is_none_is_no_hint() {
        for (seconds, nanos) in [
            (-1, 0),
            (0, -1),
            (1, -1),
            (-1, 1),
            (i64::MIN, 0),
            (i64::MAX, 0),
            (315_576_000_001, 0),
            (0, 1_000_000_000),
            (0, i64::from(i32::MAX)),
        ] {
            let read = retry_info(status(&[info(seconds, nanos)]));
            assert_eq!(read, None, "{seconds} {nanos}");
        }
        let longest = Duration::new(LONGEST, 999_999_999);
        let read = retry_info(status(&[info(LONGEST as i64, 999_999_999)]));
        assert_eq!(read, Some(longest));
    }

    #[test]
    fn of_several_details_the_longest_delay_holds() {
        let other = detail("type.googleapis.com/google.rpc.DebugInfo", [0xff]);
        let broken = detail(URL, [0xff]);
        let details = [
            other,
            info(1, 0),
            broken,
            info(3, 0),
            info(2, 0),
            info(-1, 0),
        ];
        assert_eq!(retry_info(status(&details)), Some(Duration::from_secs(3)));
    }

    #[test]
    fn fields_that_are_not_known_are_skipped_and_later_ones_hold() {
        let unknown = [
            number(7, -1),
            bytes(9, "more"),
            vec![0x63, 0x0a, 0, 0x64], // a group
            vec![0x75, 1, 2, 3, 4],
        ];
        let unknown = unknown.concat();
        let delay = [&unknown[..], &number(1, 9), &number(1, 1), &unknown].concat();
        // A message that stands there twice is merged.
        let info = [bytes(1, delay), unknown.clone(), bytes(1, number(2, 5))].concat();
        let message = [
            bytes(2, "x"),
            unknown.clone(),
            bytes(1, URL),
            bytes(2, info),
        ]
        .concat();
        let status = [unknown.clone(), bytes(3, message), unknown].concat();
        assert_eq!(retry_info(status), Some(Duration::new(1, 5)));
    }

    #[test]
    fn details_that_are_cut_are_no_hint() {
        let whole = [info(1, 500_000_000), info(2, 0)].concat();
        let first = info(1, 500_000_000).len();
        for cut in (1..whole.len()).filter(|&cut| cut != first) {
            assert_eq!(retry_info(&whole[..cut]), None, "{cut}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read(seconds in 0..=LONGEST, nanos in 0u32..1_000_000_000) {
            let sent = status(&[info(seconds as i64, nanos.into())]);
            prop_assert_eq!(retry_info(sent), Some(Duration::new(seconds, nanos)));
        }

        #[test]
        fn nothing_panics(sent: Vec<u8>, inside: Vec<u8>, deeper: Vec<u8>) {
            retry_info(&sent);
            retry_info(bytes(3, inside));
            retry_info(status(&[detail(URL, &deeper)]));
            retry_info(status(&[detail(URL, bytes(1, deeper))]));
        }
    }
}
