//! Unparsed values of a file.

use core::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// An unparsed value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RawValue {
    /// A string, or a number or `bool` as text.
    Text(String),
    /// A value that no key accepts, by its description: `a list`.
    Other(&'static str),
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

pub(super) struct AnyValue;

macro_rules! as_text {
    ($($visit:ident $value:ty),+) => {$(
        fn $visit<E>(self, value: $value) -> Result<RawValue, E> {
            Ok(RawValue::Text(value.to_string()))
        }
    )+};
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text such as \"after_attempt(3)\"")
    }

    as_text!(visit_str &str, visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64);

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawValue, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(RawValue::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawValue, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(RawValue::Other("a table"))
    }
}
