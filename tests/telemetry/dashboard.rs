//! The dashboard shows every metric, and asks for those that exist, by labels that they have.

mod common;

use common::everything::everything;
use common::promql::{assert_answerable, labels, names};
use common::rules::read;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn dashboard() -> Value {
    serde_json::from_str(&read("dashboards/grafana.json")).unwrap()
}

/// The items of an array below a value, by a path of JSON.
fn items<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value
        .pointer(path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The panels that show something: all but the titles of rows.
fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    items(dashboard, "/panels")
        .iter()
        .filter(|panel| text(panel, "/type") != "row")
}

/// The queries of panels, with their legends.
fn queries(dashboard: &Value) -> Vec<(&str, &str)> {
    let targets = panels(dashboard).flat_map(|panel| items(panel, "/targets"));
    targets
        .map(|target| (text(target, "/expr"), text(target, "/legendFormat")))
        .collect()
}

/// The metrics in the documentation of the module `telemetry`: of each its kind, and its labels.
fn table() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let source = read("retry-core/src/telemetry/mod.rs");
    let (_, section) = source.split_once("//! # Metrics\n").unwrap();
    let rows = section.lines().map_while(|line| line.strip_prefix("//!"));
    let rows = rows.filter_map(|row| row.trim().strip_prefix("| `"));
    let words = |cell: &str| {
        cell.split('`')
            .map(str::to_owned)
            .filter(|word| !word.trim_matches([',', ' ']).is_empty())
            .collect::<Vec<_>>()
    };
    let mut table = BTreeMap::new();
    for row in rows {
        let [names, kind, labels, _, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("a row of five cells: {row}");
        };
        for name in words(names) {
            let labels = words(labels).into_iter().collect();
            table.insert(name, (kind.trim().to_owned(), labels));
        }
    }
    table
}

/// The metric that a sample belongs to.
fn metric<'a>(sample: &'a str, table: &BTreeMap<String, (String, BTreeSet<String>)>) -> &'a str {
    let halves = ["_bucket", "_sum", "_count"];
    let metric = halves.iter().find_map(|half| sample.strip_suffix(half));
    metric
        .filter(|metric| table.contains_key(*metric))
        .unwrap_or(sample)
}

#[test]
fn the_documentation_lists_every_metric_with_its_labels() {
    let (scrape, table) = (everything(), table());
    let mut recorded = BTreeMap::<_, BTreeSet<_>>::new();
    for sample in scrape.names() {
        let labels = scrape
            .labels(sample)
            .into_iter()
            .filter(|label| !["le", "quantile"].contains(label));
        recorded
            .entry(metric(sample, &table))
            .or_default()
            .extend(labels.map(str::to_owned));
    }
    let listed = table
        .iter()
        .map(|(name, (_, labels))| (name.as_str(), labels.clone()));
    assert_eq!(recorded, listed.collect());
}

#[test]
fn the_dashboard_asks_for_what_exists() {
    let dashboard = dashboard();
    let variables = items(&dashboard, "/templating/list");
    for variable in &variables[1..] {
        let definition = text(variable, "/definition");
        assert_eq!(definition, text(variable, "/query/query"));
        assert_answerable(definition, everything());
    }
    for (query, legend) in queries(&dashboard) {
        assert_answerable(query, everything());
        let given = labels(query);
        for label in legend
            .split("{{")
            .skip(1)
            .filter_map(|rest| rest.split("}}").next())
        {
            let given = given.contains(&label) || query.contains(&format!("(\"{label}\","));
            assert!(given, "`{label}` is not in the result of {query}");
        }
    }
}

#[test]
fn every_metric_is_shown_by_a_panel() {
    let (dashboard, table) = (dashboard(), table());
    let shown: BTreeSet<_> = queries(&dashboard)
        .iter()
        .flat_map(|(query, _)| names(query))
        .map(|name| metric(name, &table))
        .collect();
    let missing = table.keys().filter(|name| !shown.contains(name.as_str()));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_panel_says_what_it_shows_and_in_which_unit() {
    let dashboard = dashboard();
    let mut ids = BTreeSet::new();
    for panel in items(&dashboard, "/panels") {
        assert!(
            ids.insert(panel["id"].as_u64()),
            "an id twice: {}",
            panel["id"]
        );
    }
    for panel in panels(&dashboard) {
        let title = text(panel, "/title");
        assert!(text(panel, "/description").ends_with('.'), "{title}");
        assert!(
            !text(panel, "/fieldConfig/defaults/unit").is_empty(),
            "{title}"
        );
        assert_eq!(text(panel, "/datasource/uid"), "${datasource}", "{title}");
    }
}

/// The exported dashboard of a server has its numbers, which another server refuses.
#[test]
fn the_dashboard_belongs_to_no_server() {
    let dashboard = dashboard();
    assert_eq!(
        (dashboard.get("id"), dashboard.get("__inputs")),
        (None, None)
    );
    let variables = items(&dashboard, "/templating/list")
        .iter()
        .map(|variable| text(variable, "/name"));
    let variables: Vec<_> = variables.chain(["__rate_interval", "__range"]).collect();
    for (query, _) in queries(&dashboard) {
        for name in query.split('$').skip(1) {
            let name = name
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next();
            assert!(variables.contains(&name.unwrap()), "{query}");
        }
    }
}
