//! A drawing of runs: a panel for each policy, all to the same scale.

use crate::axis::{Axis, grouped};
use crate::frame::Frame;
use crate::load::{Load, most, shown};
use crate::report::Report;
use crate::scenario::Scenario;
use crate::summary::share;
use crate::svg::{Anchor, Svg};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 820.0;
const TOP: f64 = 48.0;
/// A panel with what stands above it, and its curves alone.
const PANEL: f64 = 230.0;
const CURVES: f64 = 150.0;

/// The length of a line of small text.
const CHARACTERS: usize = 125;

/// Draws the runs of scenarios, one below the other.
pub fn plot(runs: &[(&Scenario, &Report)]) -> String {
    let height = TOP + PANEL * runs.len() as f64 + 40.0;
    let mut svg = Svg::new(
        WIDTH,
        height,
        "Requests a second over time, for each policy",
    );
    svg.text(
        "title ink",
        (20.0, 30.0),
        Anchor::Start,
        "Load on the service, requests a second",
    );
    let highest = |of: fn(&Scenario, &Report) -> f64| {
        let each = runs.iter().map(|(scenario, report)| of(scenario, report));
        each.fold(0.0, f64::max)
    };
    let (seconds, most) = (highest(shown), highest(most));
    let time = Axis::new((0.0, seconds), (LEFT, RIGHT));
    for (index, (scenario, report)) in runs.iter().enumerate() {
        let top = TOP + PANEL * index as f64;
        let frame = frame(index);
        head(&mut svg, scenario, report, top);
        Load::new((scenario, report), frame, time, most, true).draw(&mut svg);
    }
    if let Some(last) = runs.len().checked_sub(1) {
        let frame = frame(last);
        frame.foot(&mut svg, &time, &time.ticks(8), "quiet");
        frame.caption(&mut svg, "time, seconds");
    }
    svg.finish()
}

/// The curves of a panel.
fn frame(index: usize) -> Frame {
    let floor = TOP + PANEL * (index + 1) as f64 - 20.0;
    Frame {
        left: LEFT,
        right: RIGHT,
        ceiling: floor - CURVES,
        floor,
    }
}

/// The name of a policy, the figures that count, and its keys.
fn head(svg: &mut Svg, scenario: &Scenario, report: &Report, top: f64) {
    svg.text(
        "name ink",
        (LEFT, top + 18.0),
        Anchor::Start,
        &scenario.name,
    );
    svg.text(
        "ink",
        (WIDTH - 20.0, top + 18.0),
        Anchor::End,
        figures(report),
    );
    for (line, text) in policy(scenario).iter().enumerate() {
        let y = top + 36.0 + 15.0 * line as f64;
        svg.text("quiet small", (LEFT, y), Anchor::Start, text);
    }
}

/// The title of a panel.
fn figures(report: &Report) -> String {
    let mut figures = format!(
        "peak {:.1} × offered · {:.1} requests a call · {} gave up",
        report.peak / report.offered,
        report.amplification(),
        share(report.given_up(), report.calls),
    );
    if let Some((reason, _)) = report.gave_up.iter().max_by_key(|(_, calls)| *calls) {
        figures += &format!(" ({reason})");
    }
    if report.throttled > 0 {
        let refused = grouped(report.throttled as f64);
        figures += &format!(" · {refused} requests beyond the quota");
    }
    if report.unfinished > 0 {
        figures += &format!(
            " · {} without an end",
            share(report.unfinished, report.calls)
        );
    }
    figures
}

/// The policy, as it is written, in lines that fit.
fn policy(scenario: &Scenario) -> Vec<String> {
    let mut choices: Vec<String> = Vec::new();
    for piece in scenario.choices().split_inclusive(", ") {
        match choices.last_mut() {
            // What has no key belongs to the value before it.
            Some(choice) if !piece.contains(" = ") => choice.push_str(piece),
            _ => choices.push(piece.to_owned()),
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for choice in choices {
        match lines.last_mut() {
            Some(line) if line.len() + choice.len() < CHARACTERS => line.push_str(&choice),
            _ => lines.push(choice),
        }
    }
    lines
}
