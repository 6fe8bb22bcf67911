//! Conversions of values from and to text.

/// Implements parsing, display, equality and serialization by the text of a value.
macro_rules! text_value {
    ($value:ident, $read:expr) => {
        impl core::str::FromStr for $value {
            type Err = $crate::config::ConfigError;

            fn from_str(text: &str) -> Result<Self, $crate::config::ConfigError> {
                let read: fn(&str) -> Result<Self, $crate::config::syntax::ParseError> = $read;
                read(text).map_err(|error| $crate::config::ConfigError::of_value(text, error))
            }
        }

        impl core::fmt::Display for $value {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(&self.text)
            }
        }

        impl core::fmt::Debug for $value {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_tuple(stringify!($value)).field(&self.text).finish()
            }
        }

        impl PartialEq for $value {
            fn eq(&self, other: &Self) -> bool {
                self.text == other.text
            }
        }

        impl Eq for $value {}

        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $value {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use text_value;
