//! The load over time: a panel for each policy, all to the same scale.

use crate::axis::{Axis, grouped};
use crate::report::{Recovery, Report, WINDOW};
use crate::scenario::{Kind, Outage, Scenario};
use crate::span::Span;
use crate::summary::share;
use crate::svg::{Anchor, Svg, apart};
use crate::tally::Tick;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 820.0;
const TOP: f64 = 48.0;
/// A panel with what stands above it, and its curves alone.
const PANEL: f64 = 230.0;
const CURVES: f64 = 150.0;

/// The length of a line of small text.
const CHARACTERS: usize = 125;

/// Ticks of a point of a curve.
const STEP: usize = 2;

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
    let seconds = runs
        .iter()
        .map(|(scenario, report)| shown(scenario, report))
        .fold(0.0, f64::max);
    let most = runs
        .iter()
        .map(|(scenario, report)| most(scenario, report))
        .fold(0.0, f64::max);
    let time = Axis::new((0.0, seconds), (LEFT, RIGHT));
    for (index, (scenario, report)) in runs.iter().enumerate() {
        let top = TOP + PANEL * index as f64;
        let floor = top + PANEL - 20.0;
        let load = Axis::new((0.0, most * 1.12), (floor, floor - CURVES));
        let panel = Panel {
            scenario,
            report,
            time,
            load,
            top,
            floor,
        };
        panel.draw(&mut svg);
    }
    let floor = TOP + PANEL * runs.len() as f64 - 20.0;
    for tick in time.ticks(8) {
        svg.text(
            "quiet",
            (time.at(tick), floor + 20.0),
            Anchor::Middle,
            format_args!("{tick}"),
        );
    }
    svg.text(
        "quiet",
        (time.at(seconds / 2.0), floor + 42.0),
        Anchor::Middle,
        "time, seconds",
    );
    svg.finish()
}

/// The seconds that are drawn: while calls begin, and a little of what is left to do then.
fn shown(scenario: &Scenario, report: &Report) -> f64 {
    let duration = scenario.duration.seconds();
    report.last.seconds().clamp(duration, 1.1 * duration)
}

/// The highest value of a panel.
fn most(scenario: &Scenario, report: &Report) -> f64 {
    let requests = points(report, |tick| tick.requests);
    let highest = requests.iter().map(|(_, load)| *load).fold(0.0, f64::max);
    highest.max(scenario.server.capacity.min(2.0 * report.offered))
}

/// Seconds, and how many a second: over a window, as the peak is, so that the curve ends where it does.
fn points(report: &Report, count: fn(&Tick) -> u64) -> Vec<(f64, f64)> {
    let tick = report.tick.seconds();
    let window = WINDOW.min(report.ticks.len().max(1));
    let length = window as f64 * tick;
    let mean = |(index, ticks): (usize, &[Tick])| {
        let sum: u64 = ticks.iter().map(count).sum();
        (index as f64 * tick + length / 2.0, sum as f64 / length)
    };
    let windows = report.ticks.windows(window).enumerate();
    windows.step_by(STEP).map(mean).collect()
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

struct Panel<'a> {
    scenario: &'a Scenario,
    report: &'a Report,
    time: Axis,
    load: Axis,
    top: f64,
    floor: f64,
}

impl Panel<'_> {
    fn draw(&self, svg: &mut Svg) {
        self.head(svg);
        let outage = self.scenario.outage.as_ref();
        let band = outage.map(|outage| self.shade(svg, outage));
        for tick in self.load.ticks(3) {
            let y = self.load.at(tick);
            svg.line("grid", (LEFT, y), (RIGHT, y));
            svg.text(
                "quiet small",
                (LEFT - 8.0, y + 4.0),
                Anchor::End,
                grouped(tick),
            );
        }
        self.rules(svg);
        self.curves(svg);
        if let (Some(outage), Some(from)) = (outage, band) {
            let at = (from + 6.0, self.floor - CURVES + 14.0);
            svg.text("outage small", at, Anchor::Start, caption(outage));
            self.recovery(svg, outage);
        }
    }

    /// The name of a policy, and the figures that count.
    fn head(&self, svg: &mut Svg) {
        let Panel {
            scenario,
            report,
            top,
            ..
        } = self;
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

    /// The time of the outage; tells where it begins.
    fn shade(&self, svg: &mut Svg, outage: &Outage) -> f64 {
        let end = (outage.end() as f64 / 1e9).min(self.scenario.duration.seconds());
        let (from, to) = (self.time.at(outage.start.seconds()), self.time.at(end));
        svg.rect("shade", (from, self.floor - CURVES), (to - from, CURVES));
        from
    }

    /// The capacity of the server, and the rate that the clients offer.
    fn rules(&self, svg: &mut Svg) {
        let rules = [
            ("capacity", self.scenario.server.capacity),
            ("offered", self.report.offered),
        ];
        let heights = rules.map(|(_, load)| self.load.at(load));
        let labels = apart(&heights, 15.0);
        for (((name, load), height), label) in rules.into_iter().zip(heights).zip(labels) {
            if height < self.floor - CURVES {
                continue;
            }
            svg.line("rule", (LEFT, height), (RIGHT, height));
            let text = format!("{name} {}/s", grouped(load));
            svg.text(
                "quiet small",
                (RIGHT + 8.0, label + 4.0),
                Anchor::Start,
                text,
            );
        }
    }

    fn curves(&self, svg: &mut Svg) {
        let scaled = |count| {
            let mut scaled: Vec<_> = points(self.report, count)
                .into_iter()
                .map(|(at, load)| (self.time.at(at), self.load.at(load)))
                .collect();
            scaled.retain(|(x, _)| *x <= RIGHT);
            scaled
        };
        let (requests, answers) = (scaled(|tick| tick.requests), scaled(|tick| tick.answers));
        svg.area("t0", &requests, self.floor);
        svg.curve("line s0", &requests);
        svg.curve("line s1", &answers);
        // Each is named where it is highest.
        let highest = requests.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((x, y)) = highest {
            let left = x > (LEFT + RIGHT) / 2.0;
            let (x, anchor) = if left {
                (x - 8.0, Anchor::End)
            } else {
                (x + 8.0, Anchor::Start)
            };
            svg.text("t0", (x, y - 4.0), anchor, "requests");
        }
        let (x, y) = answers
            .iter()
            .rev()
            .copied()
            .find(|(x, _)| *x < RIGHT - 110.0)
            .unwrap_or((LEFT, self.floor));
        let above = answers
            .iter()
            .filter(|(at, _)| (x..x + 100.0).contains(at))
            .map(|(_, y)| *y);
        svg.text(
            "t1",
            (x, above.fold(y, f64::min) - 7.0),
            Anchor::Start,
            "good answers",
        );
    }

    fn recovery(&self, svg: &mut Svg, outage: &Outage) {
        let top = self.floor - CURVES;
        let after = match self.report.recovery {
            Recovery::After(after) => after,
            Recovery::Never => {
                let x = self.time.at(outage.end() as f64 / 1e9);
                let text = "not recovered within the run";
                return svg.text("ink", (x + 6.0, top + 31.0), Anchor::Start, text);
            }
            Recovery::Unknown => return,
        };
        let text = match after {
            Span(0) => "recovered at once".to_owned(),
            _ => format!("recovered after {after}"),
        };
        let x = self.time.at((outage.end() + after.0) as f64 / 1e9);
        svg.line("mark", (x, top + 20.0), (x, self.floor));
        svg.text("ink", (x + 6.0, top + 31.0), Anchor::Start, text);
    }
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

fn caption(outage: &Outage) -> String {
    let kind = match outage.kind {
        Kind::Down => "down".to_owned(),
        Kind::Hang => "hangs".to_owned(),
        Kind::Slow(factor) => format!("{factor} × slower"),
        Kind::Errors(rate) => format!("{:.0} % errors", 100.0 * rate),
    };
    match outage.duration {
        Some(duration) => format!("outage: {kind}, {duration}"),
        None => format!("outage: {kind}"),
    }
}
