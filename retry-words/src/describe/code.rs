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
        let is_plain = |byte: &u8| !matches!(byte, b'`' | b'\n' | b'\r');
        if self.0.as_bytes().iter().all(is_plain) {
            f.write_str("`")?;
            f.write_str(self.0)?;
            return f.write_str("`");
        }
        self.fenced(f)
    }
}

impl Code<'_> {
    /// Writes code with backticks or line breaks in it.
    fn fenced(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fence = longest_run(self.0) + 1;
        let ticks = |f: &mut fmt::Formatter<'_>| (0..fence).try_for_each(|_| f.write_char('`'));
        let apart = self.0.starts_with('`') || self.0.ends_with('`');
        let space = if apart { " " } else { "" };
        ticks(f)?;
        f.write_str(space)?;
        // A line break could begin another item of the list.
        for c in self.0.chars() {
            f.write_char(if matches!(c, '\n' | '\r') { ' ' } else { c })?;
        }
        f.write_str(space)?;
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
