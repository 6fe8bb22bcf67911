//! Descriptions of policies in words, for documentation and for people who operate a program.
//!
//! A word has the phrase that describes it in its row, and a key its sentence. The attribute fills them with the
//! tokens that the user wrote, and a policy with its values. The sentences are items of a Markdown list.
//!
//! ```
//! use persevere_words::describe::{Code, Phrase};
//! use persevere_words::STOP;
//!
//! let stop = Phrase(|f| STOP.describe(f, "after_delay", &[&Code("self.limit")]));
//! assert_eq!(stop.to_string(), "once `self.limit` have passed");
//! ```

use core::fmt::{self, Display};

mod case;
mod code;
mod combination;
mod frame;
mod lines;
mod template;

pub use self::case::Case;
pub use self::code::{Attempts, Code};
pub use self::combination::{Combination, Parts};
pub use self::frame::{Curve, Frame};
pub use self::lines::{Line, Lines, list};
pub use self::template::fill;
use crate::key::Key;
use crate::vocabulary::Vocabulary;
use crate::words::{STOP, WAIT};

/// The phrase for a value that has none of its own, such as a closure of a running program.
pub const RULE: &str = "a rule of the program";

/// A phrase that a closure writes.
pub struct Phrase<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result>(pub F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> Display for Phrase<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

impl Vocabulary {
    /// Writes the phrase of a word with its arguments, or the name of a word that has none.
    pub fn describe(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        args: &[&dyn Display],
    ) -> fmt::Result {
        match self.word(name) {
            Some(word) => fill(f, word.phrase, args),
            None => f.write_str(name),
        }
    }

    /// Writes the phrase of a value of the user's own.
    pub fn describe_own(&self, f: &mut fmt::Formatter<'_>, value: &dyn Display) -> fmt::Result {
        let phrase = match self.key {
            Key::Stop | Key::Wait => "as {0} says",
            _ => "what {0} picks",
        };
        fill(f, phrase, &[value])
    }
}

/// Writes the phrase of the stop of a policy that sets none.
pub fn standard_stop(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    STOP.describe(f, "after_attempt", &[&Attempts(3)])
}

/// Writes the phrase of the wait of a policy that sets none.
pub fn standard_wait(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let curve = Phrase(|f| WAIT.describe(f, "exponential", &[&"100ms", &"doubled"]));
    let wait = Frame {
        curve: &curve,
        kind: Curve::Growing,
        min: None,
        max: Some(&"10s"),
        jitter: Some(("full_jitter", &"")),
    };
    wait.fmt(f)
}
