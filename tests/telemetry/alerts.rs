//! The alert rules ask for metrics that exist, say what to do, and fire when they should.

mod common;

use common::everything::everything;
use common::promql::{assert_answerable, labels, words};
use common::rules::{file, read, rules};
use std::process::Command;

#[test]
fn the_rules_ask_for_what_exists() {
    let rules = rules();
    for rule in &rules {
        assert_answerable(rule.get("expr"), everything());
        for name in words(rule.get("expr")).filter(|word| word.contains(':')) {
            let is_recorded = rules.iter().any(|rule| !rule.is_alert && rule.name == name);
            assert!(is_recorded, "nothing records `{name}`");
        }
    }
}

#[test]
fn every_alert_says_what_to_do() {
    let rules = rules();
    for alert in rules.iter().filter(|rule| rule.is_alert) {
        let name = &alert.name;
        assert!(!alert.get("for").is_empty(), "{name}");
        let severity = alert.get("severity");
        assert!(
            severity.contains("critical") || severity.contains("warning"),
            "{name}"
        );
        assert!(alert.get("description").ends_with('.'), "{name}");
        assert_links(alert.get("runbook"));
        // The labels of a recorded rule are those of its name.
        let recorded = words(alert.get("expr")).filter_map(|word| word.split_once(':'));
        let recorded: Vec<_> = recorded.map(|(level, _)| level).collect();
        let texts = [alert.get("summary"), alert.get("description"), severity].join(" ");
        assert!(texts.contains("$labels.job"), "{name}");
        for label in texts.split("$labels.").skip(1) {
            let label = words(label).next().unwrap();
            let given = labels(alert.get("expr")).contains(&label)
                || recorded.iter().any(|level| level.contains(label));
            assert!(given, "{name} has no label `{label}`");
        }
    }
}

/// Asserts that a page of the guide has the section of a link.
fn assert_links(link: &str) {
    let (page, section) = link.split_once('#').expect("a section");
    let text = read(page);
    let titles = text.lines().filter_map(|line| line.strip_prefix("## "));
    let mut anchors = titles.map(|title| {
        let kept = |c: &char| c.is_ascii_alphanumeric() || "- ".contains(*c);
        title
            .to_lowercase()
            .chars()
            .filter(kept)
            .collect::<String>()
            .replace(' ', "-")
    });
    assert!(anchors.any(|anchor| anchor == section), "{link}");
}

#[test]
fn every_alert_is_in_the_guide_and_has_a_test() {
    let (guide, tests) = (
        read("docs/src/telemetry.md"),
        read("dashboards/alerts_test.yml"),
    );
    for alert in rules().iter().filter(|rule| rule.is_alert) {
        assert!(
            guide.contains(&format!("| `{}` |", alert.name)),
            "{}",
            alert.name
        );
        let fires = format!("ALERTS{{alertname=\"{}\",alertstate=\"firing\"", alert.name);
        assert!(tests.contains(&fires), "{}", alert.name);
    }
}

#[test]
fn prometheus_takes_the_rules_and_they_fire_when_they_should() {
    let Some(promtool) = support::program("promtool") else {
        return support::skipped("promtool");
    };
    for (command, path) in [
        ("check", "dashboards/alerts.yml"),
        ("test", "dashboards/alerts_test.yml"),
    ] {
        let output = Command::new(&promtool)
            .args([command, "rules", &file(path)])
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&said)
        );
    }
}
