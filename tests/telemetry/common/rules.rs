//! The rules of `dashboards/alerts.yml`, read by their lines.

use std::collections::BTreeMap;

/// A rule: an alert, or a query whose result is recorded.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) is_alert: bool,
    fields: BTreeMap<String, String>,
}

impl Rule {
    /// The value of a key, of a label or of an annotation; empty if it has none.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", String::as_str)
    }
}

/// Reads the subset of YAML that the file is written in: a key and its value a line, or a block below the key.
pub(crate) fn rules() -> Vec<Rule> {
    let text = read("dashboards/alerts.yml");
    let comment = |line: &&str| line.trim_start().starts_with('#') || line.trim().is_empty();
    let mut lines = text.lines().filter(|line| !comment(line)).peekable();
    let mut rules: Vec<Rule> = Vec::new();
    while let Some(line) = lines.next() {
        let (key, value) = line.split_once(':').expect("a key");
        let mut value = value.trim().trim_matches('\'').to_owned();
        if ["|", ">-"].contains(&value.as_str()) {
            let deeper = |next: &&str| indent(next) > indent(line);
            let block = std::iter::from_fn(|| lines.next_if(deeper)).map(str::trim);
            value = block.collect::<Vec<_>>().join(" ");
        }
        match (key.trim(), rules.last_mut()) {
            (kind @ ("- alert" | "- record"), _) => rules.push(Rule {
                name: value,
                is_alert: kind == "- alert",
                fields: BTreeMap::new(),
            }),
            ("- name", _) => {}
            (key, Some(rule)) => drop(rule.fields.insert(key.to_owned(), value)),
            _ => {}
        }
    }
    rules
}

/// Returns the text of a file of the repository.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns where a file of the repository is.
pub(crate) fn file(path: &str) -> String {
    format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
