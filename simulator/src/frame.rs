//! The frame of a chart: its place in a drawing, and the grid behind its curves.

use crate::axis::{Axis, trimmed};
use crate::svg::{Anchor, Svg};

/// The place of the curves, in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) ceiling: f64,
    pub(crate) floor: f64,
}

impl Frame {
    /// Draws a line at each tick of the vertical axis, and its label.
    pub(crate) fn grid(
        &self,
        svg: &mut Svg,
        axis: &Axis,
        ticks: &[f64],
        label: impl Fn(f64) -> String,
    ) {
        for tick in ticks {
            let y = axis.at(*tick);
            svg.line("grid", (self.left, y), (self.right, y));
            let at = (self.left - 8.0, y + 4.0);
            svg.text("quiet small", at, Anchor::End, label(*tick));
        }
    }

    /// Writes the ticks of the horizontal axis below it.
    pub(crate) fn foot(&self, svg: &mut Svg, axis: &Axis, ticks: &[f64], class: &str) {
        for tick in ticks {
            let at = (axis.at(*tick), self.floor + 20.0);
            svg.text(class, at, Anchor::Middle, trimmed(*tick));
        }
    }

    /// Writes what the ticks of the horizontal axis count.
    pub(crate) fn caption(&self, svg: &mut Svg, caption: &str) {
        let middle = f64::midpoint(self.left, self.right);
        let at = (middle, self.floor + 42.0);
        svg.text("quiet", at, Anchor::Middle, caption);
    }
}
