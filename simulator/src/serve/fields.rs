//! The settings of the page, by the keys of a scenario, and the two scenarios that they make.

use std::fmt::Write;

use persevere_core::config;
use serde::Serialize;

use super::keys;

/// The policies, by the first part of their settings.
pub(crate) const SIDES: [&str; 2] = ["a", "b"];

/// The widths of a drawing, in pixels, and the one that is drawn if none is given.
const WIDTHS: (f64, f64) = (200.0, 1200.0);
const WIDTH: f64 = 480.0;

/// The form of a value.
#[derive(Clone, Copy)]
enum Form {
    Count,
    Number,
    Time,
    Word,
}

/// The settings that both scenarios have, in the order of a file: tables last.
const SHARED: [(&str, Form); 19] = [
    ("seed", Form::Count),
    ("duration", Form::Time),
    ("server.capacity", Form::Number),
    ("server.latency", Form::Time),
    ("server.queue", Form::Number),
    ("server.overload", Form::Word),
    ("server.refusal", Form::Time),
    ("server.quota.requests", Form::Count),
    ("server.quota.every", Form::Time),
    ("outage.start", Form::Time),
    ("outage.duration", Form::Time),
    ("outage.kind", Form::Word),
    ("outage.factor", Form::Number),
    ("outage.rate", Form::Number),
    ("clients.count", Form::Count),
    ("clients.rate", Form::Number),
    ("clients.arrival", Form::Word),
    ("clients.processes", Form::Count),
    ("width", Form::Number),
];

/// The settings without a default, and what to write.
const REQUIRED: [(&str, &str); 2] = [
    (
        "server.capacity",
        "write the requests that the service answers in a second, such as 1000",
    ),
    ("clients.count", "write the number of clients, such as 100"),
];

/// A mistake in a setting: its name, and what to write instead.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mistake {
    pub(crate) field: String,
    pub(crate) message: String,
}

impl Mistake {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Mistake {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// The settings of a page.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Keys that both scenarios have, with their values as TOML.
    shared: Vec<(&'static str, String)>,
    names: [String; 2],
    policies: [Vec<(String, String)>; 2],
    pub(crate) width: f64,
}

impl Settings {
    /// Reads settings; what is empty is left out.
    ///
    /// # Errors
    ///
    /// All that are no settings, have a value that is not of their form, or are missing.
    pub(crate) fn read(pairs: &[(String, String)]) -> Result<Self, Vec<Mistake>> {
        let mut settings = Settings {
            width: WIDTH,
            ..Settings::default()
        };
        let mut mistakes = Vec::new();
        for (index, (name, value)) in pairs.iter().enumerate() {
            let is_known = pairs[..index].iter().any(|(known, _)| known == name);
            let read = if is_known {
                Err("it is given twice; remove one".to_owned())
            } else {
                settings.set(name, value.trim())
            };
            if let Err(message) = read {
                mistakes.push(Mistake::new(name, message));
            }
        }
        for (key, advice) in REQUIRED {
            let is_given =
                |(name, value): &(String, String)| name == key && !value.trim().is_empty();
            if !pairs.iter().any(is_given) {
                mistakes.push(Mistake::new(key, advice));
            }
        }
        let order = |(key, _): &(&str, String)| SHARED.iter().position(|(known, _)| known == key);
        settings.shared.sort_by_key(order);
        match mistakes.is_empty() {
            true => Ok(settings),
            false => Err(mistakes),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        for (side, prefix) in SIDES.into_iter().enumerate() {
            match name.strip_prefix(prefix) {
                Some(".name") => {
                    value.clone_into(&mut self.names[side]);
                    return Ok(());
                }
                Some(".policy") => {
                    self.policies[side] = keys::read(value)?;
                    return Ok(());
                }
                _ => {}
            }
        }
        let (key, form) = SHARED
            .into_iter()
            .find(|(key, _)| *key == name)
            .ok_or_else(|| unknown(name))?;
        if value.is_empty() {
            return Ok(());
        }
        let value = written(form, value)
            .map_err(|advice| format!("{key} = {}: {advice}", quoted(value)))?;
        match key {
            "width" => {
                let width: f64 = value.parse().unwrap_or(WIDTH);
                self.width = width.clamp(WIDTHS.0, WIDTHS.1);
            }
            _ => self.shared.push((key, value)),
        }
        Ok(())
    }

    /// Writes the scenario of a policy.
    pub(crate) fn toml(&self, side: usize) -> String {
        let mut text = String::new();
        let mut put = |line: String| writeln!(text, "{line}").expect("a string takes everything");
        if !self.names[side].is_empty() {
            put(format!("name = {}", quoted(&self.names[side])));
        }
        let mut table = "";
        for (key, value) in &self.shared {
            let (of, key) = key.rsplit_once('.').unwrap_or(("", key));
            if of != table {
                put(format!("\n[{of}]"));
                table = of;
            }
            put(format!("{key} = {value}"));
        }
        if !self.policies[side].is_empty() {
            put("\n[policy]".to_owned());
        }
        for (key, value) in &self.policies[side] {
            put(format!("{key} = {}", quoted(value)));
        }
        text.trim_start().to_owned()
    }
}

/// Writes a value as TOML.
///
/// # Errors
///
/// What to write instead.
fn written(form: Form, value: &str) -> Result<String, String> {
    let digits = value.replace(['_', ' ', '\u{202f}'], "");
    match form {
        Form::Count => match digits.parse::<u64>() {
            Ok(count) => Ok(count.to_string()),
            Err(_) => Err("it is no whole number; write one such as 1000".to_owned()),
        },
        Form::Number => match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(plain(number)),
            _ => Err("it is no number; write one such as 1000 or 0.5".to_owned()),
        },
        Form::Time => match config::duration(value) {
            Ok(_) => Ok(quoted(value)),
            Err(error) => Err(error.reason().to_owned()),
        },
        Form::Word => Ok(quoted(value)),
    }
}

/// A number as people write it.
fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        format!("{number:?}")
    }
}

/// A string of TOML, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn unknown(name: &str) -> String {
    let shared = SHARED.map(|(key, _)| key).join(", ");
    format!("`{name}` is no setting; the settings are a.name, a.policy, b.name, b.policy, {shared}")
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn settings_become_a_file_in_its_order() {
        let settings = Settings::read(&pairs(&[
            ("b.name", "a \"good\" one"),
            ("b.policy", "stop = after_attempt(3)"),
            ("clients.count", "1_000"),
            ("server.queue", ""),
            ("server.capacity", "0.50"),
            ("server.quota.every", "60s"),
            ("duration", "10s"),
        ]));
        assert_eq!(
            settings.unwrap().toml(1),
            "name = \"a \\\"good\\\" one\"\nduration = \"10s\"\n\n[server]\ncapacity = 0.5\n\n\
             [server.quota]\nevery = \"60s\"\n\n[clients]\ncount = 1000\n\n[policy]\nstop = \"after_attempt(3)\"\n"
        );
    }

    #[test]
    fn every_mistake_is_named_at_its_setting() {
        let missing = Settings::read(&pairs(&[("server.capacity", " ")])).unwrap_err();
        let missing: Vec<_> = missing.iter().map(|mistake| &*mistake.field).collect();
        assert_eq!(missing, ["server.capacity", "clients.count"]);
        let mistakes = Settings::read(&pairs(&[
            ("server.capacity", "many"),
            ("duration", "5"),
            ("clients.count", "1.5"),
            ("capacity", "1"),
            ("seed", "1"),
            ("seed", "2"),
        ]))
        .unwrap_err();
        let expected = [
            (
                "server.capacity",
                "server.capacity = \"many\": it is no number",
            ),
            ("duration", "duration = \"5\": a duration has a unit: `5s`"),
            (
                "clients.count",
                "clients.count = \"1.5\": it is no whole number",
            ),
            (
                "capacity",
                "`capacity` is no setting; the settings are a.name",
            ),
            ("seed", "it is given twice"),
        ];
        assert_eq!(mistakes.len(), expected.len());
        for (mistake, (field, message)) in mistakes.iter().zip(expected) {
            assert_eq!(mistake.field, field);
            assert!(mistake.message.starts_with(message), "{}", mistake.message);
        }
    }
}
