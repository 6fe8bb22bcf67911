//! Combinations of strategies: `a | b`, `a & b`, `a + b`, lists.

use core::fmt::{self, Display};

use crate::words::{STOP, WAIT};

/// A way to combine the phrases of strategies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // as the operators and words are
pub enum Combination {
    AnyStop,
    AllStops,
    EitherPredicate,
    BothPredicates,
    NoPredicate,
    Abort,
    Sum,
    Sequence,
    Configured,
}

impl Combination {
    fn template(self) -> &'static str {
        let phrase = |word: Option<&crate::Word>| word.map_or("", |word| word.phrase);
        match self {
            Combination::AnyStop => phrase(STOP.word("any")),
            Combination::AllStops => phrase(STOP.word("all")),
            Combination::EitherPredicate => "{0}, and also {1}",
            Combination::BothPredicates => "{0} that are also {1}",
            Combination::NoPredicate => "outcomes other than {0}",
            Combination::Abort => "{0}, an attempt in flight too",
            Combination::Sum => "{0} plus {1}",
            Combination::Configured => "{0} (unless its configuration says otherwise)",
            Combination::Sequence => phrase(WAIT.word("chain")),
        }
    }

    /// Writes the combination of a list of parts.
    pub fn of(self, f: &mut fmt::Formatter<'_>, parts: &[&dyn Display]) -> fmt::Result {
        let mut list = Parts::begin(f, self, parts.len())?;
        for part in parts {
            list.part(*part)?;
        }
        list.end()
    }
}

/// A combination whose parts are written one after the other.
///
/// A part that is another combination stands in parentheses. It learns from the alternate flag that it is a part, and
/// from the precision which combination it is part of.
pub struct Parts<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    kind: Combination,
    /// The number of parts, or any number above 1 if it is not known.
    len: usize,
    written: usize,
    in_parentheses: bool,
}

impl<'a, 'f> Parts<'a, 'f> {
    /// Begins a combination of `len` parts; `usize::MAX` stands for a number that is not known.
    pub fn begin(
        f: &'a mut fmt::Formatter<'f>,
        kind: Combination,
        len: usize,
    ) -> Result<Self, fmt::Error> {
        let is_part = f.alternate() && f.precision() != Some(kind as usize);
        let in_parentheses = is_part && len > 1;
        if in_parentheses {
            f.write_str("(")?;
        }
        Ok(Parts {
            f,
            kind,
            len,
            written: 0,
            in_parentheses,
        })
    }

    /// Writes the next part.
    pub fn part(&mut self, part: &dyn Display) -> fmt::Result {
        let (before, between, _) = self.texts();
        self.f
            .write_str(if self.written == 0 { before } else { between })?;
        self.written += 1;
        write!(self.f, "{part:#.*}", self.kind as usize)
    }

    /// Ends the combination.
    pub fn end(self) -> fmt::Result {
        let (_, _, after) = self.texts();
        self.f.write_str(after)?;
        self.f.write_str(if self.in_parentheses { ")" } else { "" })
    }

    /// Returns the texts before, between and behind the parts.
    fn texts(&self) -> (&'static str, &'static str, &'static str) {
        let template = self.kind.template();
        let (before, rest) = template.split_once("{0}").unwrap_or(("", template));
        match rest.split_once("{1}") {
            Some((between, _)) if self.len < 2 => ("", between, ""),
            Some((between, after)) => (before, between, after),
            None => (before, "", rest),
        }
    }
}
