//! The load of one run over time: requests and good answers a second, with the outage and the recovery.

use crate::axis::{Axis, grouped};
use crate::frame::Frame;
use crate::report::{Recovery, Report, WINDOW};
use crate::scenario::{Kind, Outage, Scenario};
use crate::span::Span;
use crate::svg::{Anchor, Svg, apart};
use crate::tally::Tick;

/// Ticks of a point of a curve.
const STEP: usize = 2;

/// The width of a letter, about.
const LETTER: f64 = 7.0;

/// The curves of one run.
pub(crate) struct Load<'a> {
    scenario: &'a Scenario,
    report: &'a Report,
    frame: Frame,
    /// The time, in seconds.
    time: Axis,
    /// The load, a second.
    load: Axis,
    /// Whether curves and rules are named, beside the frame where it takes room.
    has_names: bool,
}

/// Returns the seconds that are drawn: while calls begin, and a little of what is left to do then.
pub(crate) fn shown(scenario: &Scenario, report: &Report) -> f64 {
    let duration = scenario.duration.seconds();
    report.last.seconds().clamp(duration, 1.1 * duration)
}

/// Returns the highest load that is drawn.
pub(crate) fn most(scenario: &Scenario, report: &Report) -> f64 {
    let requests = points(report, |tick| tick.requests);
    let highest = requests.iter().map(|(_, load)| *load).fold(0.0, f64::max);
    highest.max(scenario.server.capacity.min(2.0 * report.offered))
}

/// Returns seconds, and how many a second: over a window, as the peak is, so that the curve ends where it does.
fn points(report: &Report, count: fn(&Tick) -> u64) -> Vec<(f64, f64)> {
    let length = report.tick.seconds() * WINDOW.min(report.ticks.len().max(1)) as f64;
    let load = |ticks: &[Tick]| ticks.iter().map(count).sum::<u64>() as f64 / length;
    windows(report, load)
}

/// Returns the middle of each window in seconds, and a measure of its ticks.
pub(crate) fn windows<T>(report: &Report, measure: impl Fn(&[Tick]) -> T) -> Vec<(f64, T)> {
    let tick = report.tick.seconds();
    let window = WINDOW.min(report.ticks.len().max(1));
    let half = window as f64 * tick / 2.0;
    let windows = report.ticks.windows(window).enumerate().step_by(STEP);
    windows
        .map(|(index, ticks)| (index as f64 * tick + half, measure(ticks)))
        .collect()
}

/// Shades the time of the outage.
pub(crate) fn shade(svg: &mut Svg, scenario: &Scenario, frame: &Frame, time: &Axis) {
    let Some(outage) = &scenario.outage else {
        return;
    };
    let end = (outage.end() as f64 / 1e9).min(scenario.duration.seconds());
    let (from, to) = (time.at(outage.start.seconds()), time.at(end));
    let height = frame.floor - frame.ceiling;
    svg.rect("shade", (from, frame.ceiling), (to - from, height));
}

impl<'a> Load<'a> {
    /// Creates the curves of a run, whose axis ends above the `most` that is drawn.
    pub(crate) fn new(
        (scenario, report): (&'a Scenario, &'a Report),
        frame: Frame,
        time: Axis,
        most: f64,
        has_names: bool,
    ) -> Self {
        let load = Axis::new((0.0, most * 1.12), (frame.floor, frame.ceiling));
        Load {
            scenario,
            report,
            frame,
            time,
            load,
            has_names,
        }
    }

    pub(crate) fn draw(&self, svg: &mut Svg) {
        let Load {
            scenario,
            frame,
            time,
            ..
        } = self;
        shade(svg, scenario, frame, time);
        frame.grid(svg, &self.load, &self.load.ticks(3), grouped);
        self.rules(svg);
        self.curves(svg);
        if let Some(outage) = &scenario.outage {
            let from = time.at(outage.start.seconds());
            let at = (from + 6.0, frame.ceiling + 14.0);
            svg.text("outage small", at, Anchor::Start, caption(outage));
            self.recovery(svg, outage);
        }
    }

    /// The capacity of the server, and the rate that the clients offer.
    fn rules(&self, svg: &mut Svg) {
        let frame = &self.frame;
        let rules = [
            ("capacity", self.scenario.server.capacity),
            ("offered", self.report.offered),
        ];
        let heights = rules.map(|(_, load)| self.load.at(load));
        let labels = apart(&heights, 15.0);
        for (((name, load), height), label) in rules.into_iter().zip(heights).zip(labels) {
            if height < frame.ceiling {
                continue;
            }
            svg.line("rule", (frame.left, height), (frame.right, height));
            if self.has_names {
                let at = (frame.right + 8.0, label + 4.0);
                let text = format!("{name} {}/s", grouped(load));
                svg.text("quiet small", at, Anchor::Start, text);
            }
        }
    }

    fn curves(&self, svg: &mut Svg) {
        let Frame { right, floor, .. } = self.frame;
        let scaled = |count| {
            let mut scaled: Vec<_> = points(self.report, count)
                .into_iter()
                .map(|(at, load)| (self.time.at(at), self.load.at(load)))
                .collect();
            scaled.retain(|(x, _)| *x <= right);
            scaled
        };
        let (requests, answers) = (scaled(|tick| tick.requests), scaled(|tick| tick.answers));
        svg.area("t0", &requests, floor);
        svg.curve("line s0", &requests);
        svg.curve("line s1", &answers);
        if self.has_names {
            self.names(svg, &requests, &answers);
        }
    }

    /// Names each curve where it is highest.
    fn names(&self, svg: &mut Svg, requests: &[(f64, f64)], answers: &[(f64, f64)]) {
        let Frame {
            left, right, floor, ..
        } = self.frame;
        let highest = requests.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((x, y)) = highest {
            let before = x > f64::midpoint(left, right);
            let (x, anchor) = if before {
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
            .find(|(x, _)| *x < right - 110.0)
            .unwrap_or((left, floor));
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
        let top = self.frame.ceiling;
        let (after, text) = match self.report.recovery {
            Recovery::After(Span(0)) => (Some(0), "recovered at once".to_owned()),
            Recovery::After(after) => (Some(after.0), format!("recovered after {after}")),
            Recovery::Never => (None, "not recovered within the run".to_owned()),
            Recovery::Unknown => return,
        };
        let x = self
            .time
            .at((outage.end() + after.unwrap_or_default()) as f64 / 1e9);
        if after.is_some() {
            svg.line("mark", (x, top + 20.0), (x, self.frame.floor));
        }
        let end = if self.has_names {
            f64::MAX
        } else {
            self.frame.right
        };
        let (x, anchor) = match x + LETTER * text.chars().count() as f64 > end {
            true => (x - 6.0, Anchor::End),
            false => (x + 6.0, Anchor::Start),
        };
        svg.text("ink", (x, top + 31.0), anchor, text);
    }
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
