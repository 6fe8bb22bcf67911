//! Drawings, written by hand: readable on a light page and on a dark one.

use std::fmt::{Display, Write};

/// The colours: ink and paper, series, and what stands behind them. Texts keep lines off by a rim of paper.
pub(crate) const STYLE: &str = "\
.paper{fill:#ffffff}.ink{fill:#1f2328}.quiet{fill:#59636e}.shade{fill:#cf222e;fill-opacity:.08}\
.outage{fill:#a40e26}.grid{stroke:#d1d9e0;stroke-width:1}.rule{stroke:#818b98;stroke-width:1;stroke-dasharray:5 4}\
.mark{stroke:#1f2328;stroke-width:1.5}.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}\
.s0{stroke:#0969da}.t0{fill:#0969da}.s1{stroke:#1a7f37}.t1{fill:#1a7f37}.s2{stroke:#bc4c00}.t2{fill:#bc4c00}\
.s3{stroke:#8250df}.t3{fill:#8250df}.s4{stroke:#bf3989}.t4{fill:#bf3989}\
.area{fill-opacity:.16}text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;font-size:13px;\
stroke:#ffffff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}\
.title{font-size:17px;font-weight:600}.name{font-size:15px;font-weight:600}.small{font-size:12px}\
@media (prefers-color-scheme:dark){text{stroke:#0d1117}\
.paper{fill:#0d1117}.ink{fill:#f0f6fc}.quiet{fill:#9198a1}.shade{fill:#f85149;fill-opacity:.13}.outage{fill:#ff7b72}\
.grid{stroke:#30363d}.rule{stroke:#6e7681}.mark{stroke:#f0f6fc}\
.s0{stroke:#58a6ff}.t0{fill:#58a6ff}.s1{stroke:#3fb950}.t1{fill:#3fb950}.s2{stroke:#f0883e}.t2{fill:#f0883e}\
.s3{stroke:#bc8cff}.t3{fill:#bc8cff}.s4{stroke:#f778ba}.t4{fill:#f778ba}}";

/// The side of a point on which its text is written.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing under way, in pixels from the upper left.
pub(crate) struct Svg(String);

impl Svg {
    /// Begins a drawing that is a file.
    pub(crate) fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Svg::part(width, height, title);
        svg.put(format_args!("<style>{STYLE}</style>"));
        svg.rect("paper", (0.0, 0.0), (width, height));
        svg
    }

    /// Begins a drawing that is part of a page, which has [`STYLE`] and is the paper.
    pub(crate) fn part(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Svg(String::new());
        let title = escaped(title);
        svg.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\">\n<title>{title}</title>"
        ));
        svg
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }

    fn put(&mut self, element: impl Display) {
        writeln!(self.0, "{element}").expect("a string takes everything");
    }

    pub(crate) fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        ));
    }

    pub(crate) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.put(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        ));
    }

    pub(crate) fn text(
        &mut self,
        class: &str,
        (x, y): (f64, f64),
        anchor: Anchor,
        text: impl Display,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(&text.to_string());
        self.put(format_args!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        ));
    }

    /// A line through all points.
    pub(crate) fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        self.put(format_args!(
            "<path class=\"{class}\" d=\"{}\"/>",
            path(points)
        ));
    }

    /// The area between the points and a floor.
    pub(crate) fn area(&mut self, class: &str, points: &[(f64, f64)], floor: f64) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        let (from, to, path) = (first.0, last.0, path(points));
        self.put(format_args!(
            "<path class=\"area {class}\" d=\"{path}L{to:.1} {floor:.1}L{from:.1} {floor:.1}Z\"/>"
        ));
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let step = if index == 0 { 'M' } else { 'L' };
        write!(path, "{step}{x:.1} {y:.1}").expect("a string takes everything");
    }
    path
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Heights of labels, moved apart until none is nearer to the next than `gap`; in the same order.
pub(crate) fn apart(heights: &[f64], gap: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]));
    let mut moved = heights.to_vec();
    // Each round moves neighbours half of what they lack; a few are enough for a few labels.
    for _ in 0..100 {
        for pair in order.windows(2) {
            let lacking = gap - (moved[pair[1]] - moved[pair[0]]);
            if lacking > 0.0 {
                moved[pair[0]] -= lacking / 2.0;
                moved[pair[1]] += lacking / 2.0;
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::{apart, escaped};

    #[test]
    fn labels_keep_their_order_and_their_distance() {
        let moved = apart(&[50.0, 10.0, 12.0, 11.0], 10.0);
        assert!(moved[1] < moved[3] && moved[3] < moved[2] && moved[2] < moved[0]);
        assert!(moved[3] - moved[1] > 9.9 && moved[2] - moved[3] > 9.9);
    }

    #[test]
    fn a_name_cannot_break_the_drawing() {
        assert_eq!(escaped("a<b> & c"), "a&lt;b&gt; &amp; c");
    }
}
