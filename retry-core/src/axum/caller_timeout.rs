//! The time that a caller gives a request.

use core::time::Duration;

use ::http::header::HeaderName;
use ::http::{HeaderMap, HeaderValue};

use crate::http::{decimal_seconds, grpc_timeout};
use crate::tower::GRPC_TIMEOUT;

const CONNECT_TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");
const ENVOY_TIMEOUT: HeaderName = HeaderName::from_static("x-envoy-expected-rq-timeout-ms");

/// Headers with the time that a caller gives.
#[derive(Clone, Debug)]
pub(super) struct CallerTimeout(Vec<(HeaderName, Unit)>);

/// The unit of the number in a header.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    /// The one that gRPC writes behind the number.
    Grpc,
    Millis,
    Seconds,
}

impl CallerTimeout {
    pub(super) fn new() -> Self {
        CallerTimeout(vec![
            (GRPC_TIMEOUT, Unit::Grpc),
            (CONNECT_TIMEOUT, Unit::Millis),
            (ENVOY_TIMEOUT, Unit::Millis),
        ])
    }

    pub(super) fn add(&mut self, name: HeaderName, unit: Unit) {
        self.0.push((name, unit));
    }

    /// Returns the shortest time in the headers of a request. A value that is none is left out.
    pub(super) fn read(&self, headers: &HeaderMap) -> Option<Duration> {
        let values = self.0.iter().flat_map(|(name, unit)| {
            let values = headers.get_all(name).into_iter();
            values.filter_map(move |value| unit.read(value).or_else(|| ignored(name)))
        });
        values.min()
    }
}

impl Unit {
    fn read(self, value: &HeaderValue) -> Option<Duration> {
        let number = || decimal_seconds(value.to_str().ok()?);
        match self {
            Unit::Grpc => grpc_timeout(value),
            Unit::Millis => Some(number()? / 1000),
            Unit::Seconds => number(),
        }
    }
}

/// Notes a header with a value that is no time. The value may hold anything, and is not shown.
#[cold]
fn ignored(name: &HeaderName) -> Option<Duration> {
    crate::telemetry::debug(format_args!(
        "the header `{name}` has no time; it is ignored"
    ));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let mut timeout = CallerTimeout::new();
        timeout.add(HeaderName::from_static("request-timeout"), Unit::Seconds);
        let headers = headers.iter().map(|&(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
        });
        timeout.read(&headers.collect())
    }

    #[test]
    fn each_header_has_its_unit() {
        let table = [
            ("grpc-timeout", "250m", 250),
            ("connect-timeout-ms", "1500", 1500),
            ("x-envoy-expected-rq-timeout-ms", "15000", 15_000),
            ("request-timeout", "2", 2000),
            ("request-timeout", "1.5", 1500),
            ("request-timeout", "0", 0),
        ];
        for (name, value, millis) in table {
            assert_eq!(read(&[(name, value)]), Some(Duration::from_millis(millis)));
        }
    }

    #[test]
    fn a_value_that_is_no_time_is_ignored() {
        for value in ["", "-1", "soon", "1s", "1e3", "\u{e9}", "Infinity", "1,2"] {
            assert_eq!(read(&[("request-timeout", value)]), None, "{value}");
            assert_eq!(read(&[("connect-timeout-ms", value)]), None, "{value}");
        }
        let beside = [("grpc-timeout", "soon"), ("connect-timeout-ms", "9")];
        assert_eq!(read(&beside), Some(Duration::from_millis(9)));
    }

    #[test]
    fn the_shortest_time_holds() {
        let both = [
            ("grpc-timeout", "2S"),
            ("x-envoy-expected-rq-timeout-ms", "900"),
        ];
        assert_eq!(read(&both), Some(Duration::from_millis(900)));
        let most = [("connect-timeout-ms", "99999999999999999999999")];
        assert_eq!(read(&most), Some(Duration::MAX / 1000));
    }
}
