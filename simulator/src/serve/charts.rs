//! The charts of both policies, each in a column of the page, to the same scales.

use std::time::Duration;

use persevere_core::Schedule;
use serde::Serialize;

use crate::axis::{Axis, trimmed};
use crate::frame::Frame;
use crate::load::{Load, most, shade, shown, windows};
use crate::report::{Report, WINDOW};
use crate::scenario::Scenario;
use crate::span::Span;
use crate::svg::{Anchor, Svg};
use crate::tally::Tick;

const LEFT: f64 = 54.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 8.0;
/// The ticks below a chart.
const FOOT: f64 = 26.0;

/// The decades of a logarithmic axis beyond which powers of ten alone are labelled.
const DECADES: f64 = 2.0;

/// The charts of one policy, as SVG.
#[derive(Debug, Serialize)]
pub(crate) struct Charts {
    load: String,
    success: String,
    times: String,
    pauses: String,
}

/// Draws the charts of runs and schedules.
pub(crate) fn charts(
    runs: &[(&Scenario, &Report)],
    schedules: &[Schedule],
    width: f64,
) -> Vec<Charts> {
    let scales = Scales::new(runs, schedules, width);
    let sides = runs.iter().zip(schedules);
    let charts = sides.map(|((scenario, report), schedule)| {
        let of = |what: &str| format!("{what}: {}", scenario.name);
        Charts {
            load: scales.chart(150.0, &of("Load"), |svg, frame| {
                scales.load(svg, frame, scenario, report);
            }),
            success: scales.chart(80.0, &of("Success rate"), |svg, frame| {
                scales.success(svg, frame, scenario, report);
            }),
            times: scales.chart(110.0, &of("Call times"), |svg, frame| {
                scales.times(svg, frame, scenario, report);
            }),
            pauses: scales.chart(110.0, &of("Pauses"), |svg, frame| {
                scales.pauses(svg, frame, schedule);
            }),
        }
    });
    charts.collect()
}

/// The scales of all charts.
struct Scales {
    width: f64,
    /// The longest time that is drawn, in seconds.
    seconds: f64,
    /// The highest load, a second.
    most: f64,
    /// The shortest and the longest time of a call, in seconds.
    times: (f64, f64),
    /// The most pauses, and the longest, in seconds.
    pauses: (usize, f64),
}

impl Scales {
    fn new(runs: &[(&Scenario, &Report)], schedules: &[Schedule], width: f64) -> Self {
        let highest = |of: fn(&Scenario, &Report) -> f64| {
            let each = runs.iter().map(|(scenario, report)| of(scenario, report));
            each.fold(0.0, f64::max)
        };
        let times = runs
            .iter()
            .flat_map(|(_, report)| report.took_by_window.iter().flatten());
        let times = times.fold((f64::MAX, 0.0_f64), |(least, most), (median, slow)| {
            (least.min(median.seconds()), most.max(slow.seconds()))
        });
        let rows = schedules.iter().flat_map(|schedule| schedule.rows());
        let longest = rows.map(|row| row.latest).max().unwrap_or_default();
        let count = schedules.iter().map(|schedule| schedule.rows().len()).max();
        Scales {
            width,
            seconds: highest(shown),
            most: highest(most),
            times: if times.1 > 0.0 { times } else { (0.01, 1.0) },
            pauses: (
                count.unwrap_or_default().max(1),
                longest.max(Duration::from_nanos(1)).as_secs_f64(),
            ),
        }
    }

    /// Draws a chart whose curves have this height.
    fn chart(&self, height: f64, title: &str, draw: impl FnOnce(&mut Svg, Frame)) -> String {
        let floor = TOP + height;
        let mut svg = Svg::part(self.width, floor + FOOT, title);
        let frame = Frame {
            left: LEFT,
            right: self.width - RIGHT,
            ceiling: TOP,
            floor,
        };
        draw(&mut svg, frame);
        svg.finish()
    }

    /// Draws the axis of time.
    fn time(&self, svg: &mut Svg, frame: &Frame) -> Axis {
        let time = Axis::new((0.0, self.seconds), (frame.left, frame.right));
        let about = ((frame.right - frame.left) / 45.0).clamp(2.0, 8.0) as u32;
        frame.foot(svg, &time, &time.ticks(about), "quiet small");
        time
    }

    fn load(&self, svg: &mut Svg, frame: Frame, scenario: &Scenario, report: &Report) {
        let time = self.time(svg, &frame);
        Load::new((scenario, report), frame, time, self.most, false).draw(svg);
    }

    /// Draws the share of the calls that end well, of those that end.
    fn success(&self, svg: &mut Svg, frame: Frame, scenario: &Scenario, report: &Report) {
        let time = self.time(svg, &frame);
        let share = Axis::new((0.0, 1.0), (frame.floor, frame.ceiling));
        shade(svg, scenario, &frame, &time);
        frame.grid(svg, &share, &[0.0, 0.5, 1.0], |tick| {
            format!("{:.0} %", 100.0 * tick)
        });
        let points = windows(report, |ticks| {
            let sum = |count: fn(&Tick) -> u64| ticks.iter().map(count).sum::<u64>() as f64;
            let (good, bad) = (sum(|tick| tick.answers), sum(|tick| tick.given_up));
            (good + bad > 0.0).then(|| good / (good + bad))
        });
        curve(svg, "line s1", &frame, (&time, &share), &points);
    }

    /// Draws the times of the calls that succeed.
    fn times(&self, svg: &mut Svg, frame: Frame, scenario: &Scenario, report: &Report) {
        let time = self.time(svg, &frame);
        let (least, most) = self.times;
        let took = Axis::logarithmic((least / 1.5, most * 1.5), (frame.floor, frame.ceiling));
        shade(svg, scenario, &frame, &time);
        let mut ticks = took.ticks(0);
        if (most / least).log10() > DECADES {
            ticks.retain(|tick| tick.log10().fract().abs() < 1e-9);
        }
        frame.grid(svg, &took, &ticks, label);
        let window = report.tick.seconds() * WINDOW as f64;
        let points = |of: fn(&(Span, Span)) -> Span| {
            let windows = report.took_by_window.iter().enumerate();
            let points = windows.map(|(index, took)| {
                let seconds = took.as_ref().map(|took| of(took).seconds());
                ((index as f64 + 0.5) * window, seconds)
            });
            points.collect::<Vec<_>>()
        };
        let axes = (&time, &took);
        curve(svg, "line s2", &frame, axes, &points(|(_, slow)| *slow));
        curve(svg, "line s0", &frame, axes, &points(|(median, _)| *median));
    }

    /// Draws each pause from its shortest to its longest, with its median.
    fn pauses(&self, svg: &mut Svg, frame: Frame, schedule: &Schedule) {
        let (count, longest) = self.pauses;
        let numbers = Axis::new((0.5, count as f64 + 0.5), (frame.left, frame.right));
        let pause = Axis::new((0.0, longest * 1.1), (frame.floor, frame.ceiling));
        frame.grid(svg, &pause, &pause.ticks(3), label);
        let mut ticks = numbers.ticks(count.min(10) as u32);
        ticks.retain(|tick| tick.fract() == 0.0 && *tick >= 1.0);
        frame.foot(svg, &numbers, &ticks, "quiet small");
        let width = (0.6 * (numbers.at(2.0) - numbers.at(1.0))).min(22.0);
        for row in schedule.rows() {
            let left = numbers.at(f64::from(row.attempt)) - width / 2.0;
            let [top, middle, bottom] = [row.latest, row.median, row.earliest]
                .map(|time| pause.at(time.as_secs_f64()).max(frame.ceiling));
            svg.rect("area t0", (left, top), (width, (bottom - top).max(1.0)));
            svg.line("line s0", (left, middle), (left + width, middle));
        }
        if schedule.rows().is_empty() {
            let middle = f64::midpoint(frame.ceiling, frame.floor);
            svg.text(
                "quiet",
                (frame.left + 8.0, middle),
                Anchor::Start,
                "no pause: one attempt",
            );
        }
    }
}

/// Draws a curve of seconds and values, as far as its frame, with gaps where it has no value.
fn curve(
    svg: &mut Svg,
    class: &str,
    frame: &Frame,
    (time, value): (&Axis, &Axis),
    points: &[(f64, Option<f64>)],
) {
    for piece in points.split(|(_, value)| value.is_none()) {
        let scaled = piece
            .iter()
            .filter_map(|(at, of)| Some((time.at(*at), value.at((*of)?))));
        let mut scaled: Vec<_> = scaled.filter(|(x, _)| *x <= frame.right).collect();
        if let &[point] = scaled.as_slice() {
            scaled.push(point);
        }
        if !scaled.is_empty() {
            svg.curve(class, &scaled);
        }
    }
}

/// A time in seconds, as a tick has it.
fn label(seconds: f64) -> String {
    match seconds {
        0.0 => "0 s".to_owned(),
        ..0.001 => format!("{} µs", trimmed(seconds * 1e6)),
        ..1.0 => format!("{} ms", trimmed(seconds * 1e3)),
        _ => format!("{} s", trimmed(seconds)),
    }
}
