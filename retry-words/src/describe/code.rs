//! Code inside a sentence.

use core::fmt::{self, Display, Write};

/// A code span of Markdown, in which nothing is markup.
///
/// ```
/// use persevere_words::describe::Code;
///
/// assert_eq!(Code("Err(_) | Ok(None)").to_string(), "`Err(_) | Ok(None)`");
/// assert_eq!(Code("c == '`'").to_string(), "``c == '`'``");
/// assert_eq!(Code("`x`").to_string(), "`` `x` ``");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Code<'a>(pub &'a str);

impl Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fence = longest_run(self.0) + 1;
        let space = self.0.starts_with('`') || self.0.ends_with('`');
        let ticks = |f: &mut fmt::Formatter<'_>| (0..fence).try_for_each(|_| f.write_char('`'));
        ticks(f)?;
        if space {
            f.write_char(' ')?;
        }
        // A line break could begin another item of the list.
        for part in self.0.split_inclusive(['\n', '\r']) {
            f.write_str(part.trim_end_matches(['\n', '\r']))?;
            if part.ends_with(['\n', '\r']) {
                f.write_char(' ')?;
            }
        }
        if space {
            f.write_char(' ')?;
        }
        ticks(f)
    }
}

/// Returns the length of the longest run of backticks.
fn longest_run(code: &str) -> usize {
    let runs = code.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// A number of attempts: `1 attempt`, `5 attempts`.
#[derive(Clone, Copy, Debug)]
pub struct Attempts(pub u64);

impl Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 attempt"),
            number => write!(f, "{number} attempts"),
        }
    }
}
