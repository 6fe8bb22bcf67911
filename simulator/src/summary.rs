//! A run in words, and several side by side.

use std::fmt::Write;

use crate::axis::grouped;
use crate::report::{Recovery, Report};
use crate::scenario::Scenario;
use crate::span::Span;

/// A sentence for each policy; then the figures of all, in a table.
///
/// ```
/// use persevere_simulator::{Scenario, summary};
///
/// let text = "server.capacity = 100\nclients.count = 50";
/// let scenario = Scenario::parse("calm.toml", text)?;
/// let report = scenario.run()?;
/// let summary = summary(&[(&scenario, &report)]);
/// assert!(summary.starts_with("calm: 1.0 requests a call, peak"));
/// # Ok::<(), persevere_simulator::Refusal>(())
/// ```
pub fn summary(runs: &[(&Scenario, &Report)]) -> String {
    let mut text = String::new();
    for (scenario, report) in runs {
        writeln!(text, "{}: {}.", scenario.name, sentence(report))
            .expect("a string takes everything");
    }
    text.push('\n');
    text.push_str(&aligned(&figures(runs)));
    text
}

/// A run in one sentence, without its name and the full stop.
pub(crate) fn sentence(report: &Report) -> String {
    let mut parts = Vec::new();
    match report.recovery {
        Recovery::After(Span(0)) => {
            parts.push("recovered as soon as the outage is over".to_owned())
        }
        Recovery::After(span) => parts.push(format!("recovered {span} after the outage")),
        Recovery::Never => parts.push("not recovered within the run".to_owned()),
        Recovery::Unknown => {}
    }
    parts.push(format!("{:.1} requests a call", report.amplification()));
    parts.push(format!(
        "peak {:.1} × the offered load",
        report.peak / report.offered
    ));
    if report.throttled > 0 {
        parts.push(format!(
            "{} of the requests were beyond the quota",
            share(report.throttled, report.requests)
        ));
    }
    parts.push(format!(
        "{} of the calls gave up",
        share(report.given_up(), report.calls)
    ));
    if report.unfinished > 0 {
        parts.push(format!(
            "{} without an end",
            share(report.unfinished, report.calls)
        ));
    }
    parts.join(", ")
}

/// A row for each figure, a column for each run; the names of both stand at the edges.
pub(crate) fn figures(runs: &[(&Scenario, &Report)]) -> Vec<Vec<String>> {
    let mut rows = vec![row("", runs, |scenario, _| scenario.name.clone())];
    let figures: [(&str, Figure); 10] = [
        ("calls", |_, report| count(report.calls)),
        ("recovery after", |_, report| match report.recovery {
            Recovery::After(span) => span.to_string(),
            Recovery::Never => "never".into(),
            Recovery::Unknown => "–".into(),
        }),
        ("peak load", |_, report| {
            format!("{}/s", grouped(report.peak))
        }),
        ("  × offered", |_, report| {
            format!("{:.1}", report.peak / report.offered)
        }),
        ("requests", |_, report| count(report.requests)),
        ("  a call", |_, report| {
            format!("{:.2}", report.amplification())
        }),
        ("  extra (retries)", |_, report| count(report.retries)),
        ("  in the outage", |_, report| count(report.in_outage)),
        ("call time, median", |_, report| {
            report.took.map_or("–".into(), |took| took.0.to_string())
        }),
        ("call time, 99 %", |_, report| {
            report.took.map_or("–".into(), |took| took.1.to_string())
        }),
    ];
    rows.extend(figures.map(|(name, figure)| row(name, runs, figure)));
    if runs.iter().any(|(_, report)| report.throttled > 0) {
        let throttled = |_: &Scenario, report: &Report| count(report.throttled);
        rows.insert(8, row("  beyond the quota", runs, throttled));
    }
    rows.push(row("gave up", runs, |_, report| {
        share(report.given_up(), report.calls)
    }));
    for reason in persevere_core::StopReason::ALL {
        let given_up = |report: &Report| {
            report
                .gave_up
                .iter()
                .find(|(why, _)| *why == reason)
                .map(|(_, calls)| *calls)
        };
        if runs.iter().any(|(_, report)| given_up(report).is_some()) {
            let name = format!("  {reason}");
            rows.push(row(&name, runs, |_, report| {
                count(given_up(report).unwrap_or_default())
            }));
        }
    }
    if runs.iter().any(|(_, report)| report.unfinished > 0) {
        rows.push(row("without an end", runs, |_, report| {
            count(report.unfinished)
        }));
    }
    rows
}

type Figure = fn(&Scenario, &Report) -> String;

fn row(
    name: &str,
    runs: &[(&Scenario, &Report)],
    figure: impl Fn(&Scenario, &Report) -> String,
) -> Vec<String> {
    let cells = runs
        .iter()
        .map(|(scenario, report)| figure(scenario, report));
    std::iter::once(name.to_owned()).chain(cells).collect()
}

fn count(number: u64) -> String {
    grouped(number as f64)
}

pub(crate) fn share(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// Columns as wide as their widest cell: names to the left, figures to the right.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padded = match column {
                0 => format!("{cell:<width$}"),
                _ => format!("   {cell:>width$}"),
            };
            line.push_str(&padded);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
