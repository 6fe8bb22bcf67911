//! Terms: the words, numbers and durations of a value, and their combinations.

use core::fmt::{self, Display};
use core::time::Duration;

/// A part of a value, and the byte of its text at which it begins.
///
/// It is displayed as it was written, except for spaces and needless parentheses.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Number(String),
    Duration(String, Duration),
    /// A word without parentheses.
    Name(String),
    Call(Call),
    Modified(Box<Term>, Vec<Call>),
    Range(Box<Term>, Box<Term>),
    List(Vec<Term>),
    Tuple(Vec<Term>),
    Joined(Operator, Vec<Term>),
}

/// A word with its arguments.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: usize,
    pub(crate) word: String,
    pub(crate) args: Vec<Term>,
}

/// The operators, from the loosest to the tightest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operator {
    Or,
    And,
    Plus,
}

impl Operator {
    pub(crate) const ALL: [Operator; 3] = [Operator::Or, Operator::And, Operator::Plus];

    pub(crate) const fn sign(self) -> char {
        match self {
            Operator::Or => '|',
            Operator::And => '&',
            Operator::Plus => '+',
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number(text) | Kind::Duration(text, _) | Kind::Name(text) => f.write_str(text),
            Kind::Call(call) => call.fmt(f),
            Kind::Modified(value, modifiers) => {
                match value.kind {
                    Kind::Joined(..) | Kind::Range(..) => write!(f, "({value})")?,
                    _ => value.fmt(f)?,
                }
                modifiers
                    .iter()
                    .try_for_each(|modifier| write!(f, ".{modifier}"))
            }
            Kind::Range(low, high) => {
                range_end(f, low)?;
                f.write_str("..")?;
                range_end(f, high)
            }
            Kind::List(items) => write!(f, "[{}]", Items(items)),
            Kind::Tuple(items) => match items.as_slice() {
                [only] => write!(f, "({only},)"),
                items => write!(f, "({})", Items(items)),
            },
            Kind::Joined(operator, parts) => joined(f, *operator, parts),
        }
    }
}

fn range_end(f: &mut fmt::Formatter<'_>, end: &Term) -> fmt::Result {
    match end.kind {
        Kind::Range(..) => write!(f, "({end})"),
        _ => end.fmt(f),
    }
}

fn joined(f: &mut fmt::Formatter<'_>, operator: Operator, parts: &[Term]) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            write!(f, " {} ", operator.sign())?;
        }
        match part.kind {
            Kind::Joined(inner, _) if inner > operator => part.fmt(f)?,
            Kind::Joined(..) | Kind::Range(..) => write!(f, "({part})")?,
            _ => part.fmt(f)?,
        }
    }
    Ok(())
}

impl Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.word, Items(&self.args))
    }
}

struct Items<'a>(&'a [Term]);

impl Display for Items<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")?;
        }
        Ok(())
    }
}
