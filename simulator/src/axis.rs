//! Axes: round numbers, and where they stand.

/// A range of values along a range of pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    logarithmic: bool,
}

impl Axis {
    /// From a value at one pixel to a value at another.
    pub(crate) fn new((from, to): (f64, f64), (start, end): (f64, f64)) -> Self {
        Axis {
            from,
            to,
            start,
            end,
            logarithmic: false,
        }
    }

    /// As [`new`](Axis::new), where equal distances are equal factors.
    pub(crate) fn logarithmic(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Axis {
            logarithmic: true,
            ..Axis::new(values, pixels)
        }
    }

    /// The position of a value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = match self.logarithmic {
            true => (value / self.from).ln() / (self.to / self.from).ln(),
            false => (value - self.from) / (self.to - self.from),
        };
        self.start + share * (self.end - self.start)
    }

    /// Round values along it: `about` of them, or 1, 2 and 5 of every power of ten.
    pub(crate) fn ticks(&self, about: u32) -> Vec<f64> {
        if self.logarithmic {
            let ticks =
                (-9..=12).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)));
            return ticks
                .filter(|tick| (self.from..=self.to).contains(tick))
                .collect();
        }
        let step = step((self.to - self.from) / f64::from(about));
        let (first, last) = (
            (self.from / step).ceil() as i64,
            (self.to / step + 1e-9).floor() as i64,
        );
        (first..=last).map(|tick| tick as f64 * step).collect()
    }
}

/// The next of 1, 2, 5, 10, 20, 50 …
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|digit| digit * power);
    steps
        .into_iter()
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// A number without the digits that sums of fractions leave behind.
pub(crate) fn trimmed(number: f64) -> String {
    let text = format!("{number:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Axis, grouped, trimmed};

    #[test]
    fn ticks_are_round() {
        assert_eq!(
            Axis::new((0.0, 60.0), (0.0, 1.0)).ticks(6),
            [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
        );
        assert_eq!(Axis::new((0.0, 6082.0), (0.0, 1.0)).ticks(3), [0.0, 5000.0]);
        assert_eq!(
            Axis::logarithmic((0.4, 30.0), (0.0, 1.0)).ticks(3),
            [0.5, 1.0, 2.0, 5.0, 10.0, 20.0]
        );
    }

    #[test]
    fn values_stand_in_proportion() {
        assert_eq!(Axis::new((0.0, 60.0), (100.0, 700.0)).at(30.0), 400.0);
        assert!((Axis::logarithmic((1.0, 100.0), (0.0, 10.0)).at(10.0) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_label_has_no_digits_by_accident() {
        assert_eq!(trimmed(0.1 + 0.2), "0.3");
        assert_eq!([trimmed(0.0), trimmed(600.0)], ["0", "600"]);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(1234567.0).replace('\u{202f}', " "), "1 234 567");
        assert_eq!(grouped(999.0), "999");
    }
}
