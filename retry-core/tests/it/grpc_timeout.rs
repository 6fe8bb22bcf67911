//! Values of `grpc-timeout`.
#![cfg(feature = "http")]

use std::time::Duration;

use persevere_core::http::grpc_timeout;
use proptest::prelude::*;

const UNITS: [(char, u128); 6] = [
    ('H', 3_600_000_000_000),
    ('M', 60_000_000_000),
    ('S', 1_000_000_000),
    ('m', 1_000_000),
    ('u', 1_000),
    ('n', 1),
];

#[test]
fn numbers_and_units() {
    for (value, timeout) in [
        ("1H", Duration::from_secs(3600)),
        ("1M", Duration::from_secs(60)),
        ("1S", Duration::from_secs(1)),
        ("1m", Duration::from_millis(1)),
        ("1u", Duration::from_micros(1)),
        ("1n", Duration::from_nanos(1)),
        ("0n", Duration::ZERO),
        ("00000001S", Duration::from_secs(1)),
        ("99999999n", Duration::from_nanos(99_999_999)),
        ("99999999H", Duration::from_secs(99_999_999 * 3600)),
    ] {
        assert_eq!(grpc_timeout(value), Some(timeout), "{value:?}");
    }
}

#[test]
fn anything_else_is_no_limit() {
    for value in [
        "",
        "S",
        "1",
        "123456789S",
        "+1S",
        "-1S",
        "1.5S",
        "1e1S",
        " 1S",
        "1S ",
        "1 S",
        "1s",
        "1h",
        "1ms",
        "1us",
        "1D",
        "1S1",
        "1,S",
        "1S,1S",
        "0x1S",
        "١S",
        "1\u{17f}",
        "S1",
    ] {
        assert_eq!(grpc_timeout(value), None, "{value:?}");
    }
    assert_eq!(grpc_timeout(b"1\xff"), None);
    assert_eq!(grpc_timeout(b"\xff1S"), None);
}

proptest! {
    #[test]
    fn what_is_written_is_read(number in 0u32..100_000_000, zeros in 0usize..8, unit in 0usize..6) {
        let (unit, nanos) = UNITS[unit];
        let digits = number.to_string();
        let digits = format!("{digits:0>width$}", width = (digits.len() + zeros).min(8));
        let timeout = grpc_timeout(format!("{digits}{unit}")).unwrap();
        prop_assert_eq!(timeout.as_nanos(), u128::from(number) * nanos);
    }

    #[test]
    fn no_value_panics(value: Vec<u8>) {
        let well_formed = matches!(&value[..], [digits @ .., unit]
            if (1..=8).contains(&digits.len())
                && digits.iter().all(u8::is_ascii_digit)
                && b"HMSmun".contains(unit));
        prop_assert_eq!(grpc_timeout(&value).is_some(), well_formed);
    }

    #[test]
    fn what_is_nearly_a_timeout(value in "[-+ 0-9.]{0,10}[HMSmunsh ]{0,2}") {
        let read = grpc_timeout(&value);
        let number = value.get(..value.len().saturating_sub(1)).unwrap();
        let digits = (1..=8).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        let unit = value.ends_with(|unit| "HMSmun".contains(unit));
        prop_assert_eq!(read.is_some(), digits && unit);
    }
}
