//! Layers: the tables of one source, a file or the environment.

use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeMap;

use persevere_words::{FileKey, Key, Place, unknown_key};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::name::{DEFAULT, after, behind, undeclared, variable};
use crate::config::error::{ConfigError, Origin};
use crate::config::partial::PartialConfig;
use crate::config::raw_value::{AnyValue, RawValue};

/// Tables by the names of their policies.
#[derive(Clone, Debug)]
pub(super) struct Layer(BTreeMap<String, Vec<Entry>>);

#[derive(Clone, Debug)]
struct Entry {
    key: String,
    value: RawValue,
    origin: Origin,
}

impl Layer {
    pub(super) const fn new() -> Self {
        Layer(BTreeMap::new())
    }

    pub(super) fn toml(text: &str, origin: &Origin) -> Result<Self, ConfigError> {
        let tables = toml::from_str(text).map_err(|error| {
            let message = error.message().replace('\n', "; ");
            let (line, column) = place(text, error.span().map_or(0, |span| span.start));
            format!("{message}, at line {line}, column {column}")
        });
        Layer::of(tables, origin)
    }

    pub(super) fn json(text: &str, origin: &Origin) -> Result<Self, ConfigError> {
        // As TOML, it may begin with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Layer::of(serde_json::from_str(text), origin)
    }

    fn of<E: ToString>(
        tables: Result<Entries<Table>, E>,
        origin: &Origin,
    ) -> Result<Self, ConfigError> {
        let refuse = |reason: String| ConfigError::new(reason).from(origin.clone());
        let tables = tables.map_err(|error| refuse(error.to_string()))?;
        let mut layer = Layer::new();
        for (name, table) in tables.0 {
            let Table(Some(keys)) = table else {
                let reason = match FileKey::named(&name) {
                    Some(_) => format!("write it in the table of a policy, or in `[{DEFAULT}]`"),
                    None if Key::named(&name).is_some() => {
                        unknown_key(&name, Place::File, &|_| None)
                    }
                    None => "expected the table of a policy".to_string(),
                };
                return Err(refuse(reason).at(name));
            };
            let entry = |(key, value)| Entry {
                key,
                value,
                origin: origin.clone(),
            };
            layer.0.insert(name, keys.into_iter().map(entry).collect());
        }
        Ok(layer)
    }

    /// Reads the variables that begin with `prefix`, such as `PREFIX_PAYMENTS_STOP`.
    pub(super) fn variables(
        prefix: &str,
        names: &[&str],
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layer = Layer::new();
        for (variable, value) in variables {
            let Some(rest) = behind(&variable, prefix) else {
                continue;
            };
            let origin = Origin::Variable(variable.clone());
            let Some((name, key)) = split(rest, names) else {
                let reason = undeclared(&named(rest).to_lowercase(), names);
                return Err(ConfigError::new(reason).from(origin));
            };
            let entry = Entry {
                key: key.to_lowercase(),
                value: RawValue::Text(value),
                origin,
            };
            layer.0.entry(name.to_string()).or_default().push(entry);
        }
        Ok(layer)
    }

    /// Sets the keys of a table.
    pub(super) fn write(&self, name: &str, partial: &mut PartialConfig) -> Result<(), ConfigError> {
        for entry in self.0.get(name).into_iter().flatten() {
            let written = partial.set(&entry.key, &entry.value);
            written.map_err(|error| error.within(name).from(entry.origin.clone()))?;
        }
        Ok(())
    }

    /// Returns the origin of a key of a table, if it is written.
    pub(super) fn origin(&self, table: &str, key: &str) -> Option<&Origin> {
        let mut entries = self.0.get(table)?.iter();
        let entry = entries.find(|entry| entry.key == key)?;
        Some(&entry.origin)
    }

    /// Refuses tables with other names.
    pub(super) fn only(&self, names: &[&str], origin: &Origin) -> Result<(), ConfigError> {
        let strange = |name: &&String| *name != DEFAULT && !names.contains(&name.as_str());
        match self.0.keys().find(strange) {
            None => Ok(()),
            Some(name) => Err(ConfigError::new(undeclared(name, names))
                .at(name)
                .from(origin.clone())),
        }
    }
}

/// Returns the line and the column of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(before, |end| &before[end + 1..]);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Returns the policy and the key of a variable; a known key is preferred, then the longest name.
fn split<'a, 'n>(rest: &'a str, names: &[&'n str]) -> Option<(&'n str, &'a str)> {
    let all = names.iter().copied().chain([DEFAULT]);
    let about = all.filter_map(|name| Some((name, after(rest, &variable(name))?)));
    about.max_by_key(|(name, key)| (FileKey::named(&key.to_lowercase()).is_some(), name.len()))
}

/// Returns the name in a variable of an undeclared policy: the part before the key.
fn named(rest: &str) -> &str {
    let before = |key| rest.strip_suffix(format!("_{}", variable(key)).as_str());
    let names = Key::names().chain(FileKey::all().map(FileKey::name));
    names
        .filter_map(before)
        .min_by_key(|name| name.len())
        .unwrap_or(rest)
}

/// The entries of a map, each key once: JSON has no rule for a key that is written twice.
struct Entries<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnyEntries(PhantomData))
    }
}

struct AnyEntries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyEntries<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
        let mut entries: Vec<(String, T)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if entries.iter().any(|(known, _)| *known == key) {
                let reason = format!("`{key}` is written twice; remove one");
                return Err(A::Error::custom(reason));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(Entries(entries))
    }
}

/// The keys of a table; `None` for any other value.
struct Table(Option<Vec<(String, RawValue)>>);

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyTable)
    }
}

struct AnyTable;

macro_rules! no_table {
    ($($visit:ident $value:ty),+) => {$(
        fn $visit<E>(self, _: $value) -> Result<Table, E> {
            Ok(Table(None))
        }
    )+};
}

impl<'de> Visitor<'de> for AnyTable {
    type Value = Table;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the table of a policy")
    }

    no_table!(visit_str &str, visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64);

    fn visit_unit<E>(self) -> Result<Table, E> {
        Ok(Table(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Table, A::Error> {
        AnyValue.visit_seq(items).map(|_| Table(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Table, A::Error> {
        let keys = AnyEntries(PhantomData).visit_map(entries)?;
        Ok(Table(Some(keys.0)))
    }
}
