//! The scenarios that are shipped, in pairs, as settings of the page.

use serde::Serialize;
use toml::{Table, Value};

use super::fields::SIDES;
use super::query;

/// The pairs: their names, and the files of both sides.
const PAIRS: [(&str, [&str; 2]); 4] = [
    (
        "outage: a fixed pause beside breaker and budget",
        [
            include_str!("../../scenarios/fixed.toml"),
            include_str!("../../scenarios/guarded.toml"),
        ],
    ),
    (
        "outage: a fixed pause beside full jitter",
        [
            include_str!("../../scenarios/fixed.toml"),
            include_str!("../../scenarios/jitter.toml"),
        ],
    ),
    (
        "retry storm: without a budget, and with one",
        [
            include_str!("../../scenarios/storm.toml"),
            include_str!("../../scenarios/storm-budget.toml"),
        ],
    ),
    (
        "quota: each call by itself, and with shared holds",
        [
            include_str!("../../scenarios/quota.toml"),
            include_str!("../../scenarios/quota-shared.toml"),
        ],
    ),
];

/// A pair of scenarios, and the state of the page that has them.
#[derive(Debug, Serialize)]
pub(crate) struct Preset {
    name: &'static str,
    state: String,
}

/// Returns all pairs.
pub(crate) fn presets() -> Vec<Preset> {
    let preset = |(name, files): (&'static str, [&str; 2])| Preset {
        name,
        state: state(files),
    };
    PAIRS.into_iter().map(preset).collect()
}

/// Returns the state of two files, whose settings are those of the first.
fn state(files: [&str; 2]) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (side, text) in SIDES.into_iter().zip(files) {
        let table: Table = text.parse().expect("a file that is shipped");
        let mut settings = Vec::new();
        flatten("", &table, &mut settings);
        let (mut policy, mut own) = (Vec::new(), Vec::new());
        for (key, value) in settings {
            match (key.strip_prefix("policy."), &*key) {
                (Some(key), _) => policy.push(format!("{key} = {value}")),
                (None, "name") => own.push((format!("{side}.name"), value)),
                _ if pairs.iter().all(|(known, _)| *known != key) => pairs.push((key, value)),
                _ => {}
            }
        }
        // A table is in the order of the alphabet.
        policy.sort_by_key(|key| !key.starts_with("stop") && !key.starts_with("wait"));
        own.push((format!("{side}.policy"), policy.join("\n")));
        pairs.extend(own);
    }
    query::written(&pairs)
}

fn flatten(prefix: &str, table: &Table, settings: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let key = format!("{prefix}{key}");
        match value {
            Value::Table(inner) => flatten(&format!("{key}."), inner, settings),
            Value::String(text) => settings.push((key, text.clone())),
            Value::Integer(number) => settings.push((key, number.to_string())),
            Value::Float(number) => settings.push((key, number.to_string())),
            Value::Boolean(is_true) => settings.push((key, is_true.to_string())),
            Value::Array(_) | Value::Datetime(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PAIRS, presets};
    use crate::Scenario;
    use crate::serve::{fields::Settings, query};

    /// A scenario but for its file.
    fn shown(text: &str) -> String {
        format!("{:?}", Scenario::parse("same.toml", text).unwrap())
    }

    #[test]
    fn the_settings_of_a_preset_make_the_files_that_are_shipped() {
        for (preset, (_, files)) in presets().iter().zip(PAIRS) {
            let settings = Settings::read(&query::read(&preset.state).unwrap()).unwrap();
            for (side, text) in files.into_iter().enumerate() {
                assert_eq!(shown(&settings.toml(side)), shown(text), "{}", preset.name);
            }
        }
    }
}
