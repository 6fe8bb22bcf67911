//! Serialization of a configuration.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::partial::PartialConfig;
use super::raw_value::RawValue;
use super::retry_config::RetryConfig;

/// The form is a table of the keys that are set. `enabled` is a bool, all others are strings.
impl Serialize for RetryConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, text) in self.0.partial.written() {
            match (key, self.0.partial.enabled) {
                ("enabled", Some(enabled)) => map.serialize_entry(key, &enabled)?,
                _ => map.serialize_entry(key, &text)?,
            }
        }
        map.end()
    }
}

/// The form is a table of keys. An unknown key or a bad value is an error, with the text of a
/// [`ConfigError`](crate::config::ConfigError).
impl<'de> Deserialize<'de> for RetryConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let partial = deserializer.deserialize_map(Keys)?;
        Ok(RetryConfig::of("call", partial))
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = PartialConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of a policy's keys, such as stop = \"after_attempt(3)\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<PartialConfig, A::Error> {
        let mut partial = PartialConfig::default();
        while let Some((key, value)) = entries.next_entry::<String, RawValue>()? {
            partial.set(&key, &value).map_err(A::Error::custom)?;
        }
        partial.complete().map_err(A::Error::custom)?;
        partial.alone().map_err(A::Error::custom)?;
        Ok(partial)
    }
}
