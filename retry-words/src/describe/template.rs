//! Templates: texts with numbered holes.

use core::fmt::{self, Display, Write};

/// Writes a template, with the arguments in place of `{0}`, `{1}` and so on.
///
/// ```
/// use persevere_words::describe::{Phrase, fill};
///
/// let filled = Phrase(|f| fill(f, "from {0} to {1}", &[&1, &2]));
/// assert_eq!(filled.to_string(), "from 1 to 2");
/// ```
pub fn fill(f: &mut dyn Write, template: &str, args: &[&dyn Display]) -> fmt::Result {
    let mut rest = template;
    while let Some((before, hole)) = rest.split_once('{') {
        f.write_str(before)?;
        let (number, after) = hole.split_once('}').unwrap_or((hole, ""));
        let number = number.parse::<usize>().ok();
        if let Some(arg) = number.and_then(|number| args.get(number)) {
            write!(f, "{arg}")?;
        }
        rest = after;
    }
    f.write_str(rest)
}
