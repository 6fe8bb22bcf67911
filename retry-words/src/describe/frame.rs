//! The frame of a wait: floor, cap and jitter.

use core::fmt::{self, Display};

use crate::words::WAIT_MODIFIER;

/// The phrase of a wait before it is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// One time: `1s`.
    Simple,
    /// A time that changes: `1s, doubled each time`.
    Growing,
    /// A time that depends on another wait.
    Dependent,
    /// A [combination](super::Combination) of waits or times.
    Combined,
}

/// A wait: a curve of pauses with its floor, its cap and its jitter.
pub struct Frame<'a> {
    /// The kind of the curve.
    pub kind: Curve,
    /// The curve.
    pub curve: &'a dyn Display,
    /// The floor.
    pub min: Option<&'a dyn Display>,
    /// The cap.
    pub max: Option<&'a dyn Display>,
    /// The word of the jitter, and its argument, if it takes one.
    pub jitter: Option<(&'a str, &'a dyn Display)>,
}

impl Frame<'_> {
    fn modified(&self, f: &mut fmt::Formatter<'_>, word: &str, arg: &dyn Display) -> fmt::Result {
        // A semicolon shows that the modifier is one of the whole.
        let whole = matches!(self.kind, Curve::Dependent | Curve::Combined);
        f.write_str(if whole { "; " } else { ", " })?;
        WAIT_MODIFIER.describe(f, word, &[arg])
    }

    fn framed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.curve)?;
        let (min, max) = (("min", self.min), ("max", self.max));
        let Some((word, arg)) = self.jitter else {
            return self.bounded(f, &[min, max]);
        };
        if ["full_jitter", "equal_jitter"].contains(&word) {
            // It shortens the pause that is capped already.
            self.bounded(f, &[max])?;
            self.modified(f, word, arg)?;
            return self.bounded(f, &[min]);
        }
        self.modified(f, word, arg)?;
        self.bounded(f, &[min, max])
    }

    fn bounded(
        &self,
        f: &mut fmt::Formatter<'_>,
        bounds: &[(&str, Option<&dyn Display>)],
    ) -> fmt::Result {
        for (word, bound) in bounds {
            if let Some(bound) = bound {
                self.modified(f, word, bound)?;
            }
        }
        Ok(())
    }
}

/// As a part of a [combination](super::Parts), a wait whose phrase has commas stands in parentheses.
impl Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = self.min.is_none() && self.max.is_none() && self.jitter.is_none();
        match (self.kind, f.alternate(), f.precision()) {
            (_, false, _) | (Curve::Simple, true, _) if bare => self.framed(f),
            (_, false, _) => self.framed(f),
            (Curve::Combined, true, Some(within)) if bare => {
                write!(f, "{:#.*}", within, self.curve)
            }
            _ => {
                f.write_str("(")?;
                self.framed(f)?;
                f.write_str(")")
            }
        }
    }
}
