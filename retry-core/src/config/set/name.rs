//! Names of a set, and those of their environment variables.

use persevere_words::{closest, list};

/// The table whose keys the others inherit.
pub(super) const DEFAULT: &str = "default";

/// What to say about a name that the program does not declare.
pub(super) fn undeclared(name: &str, names: &[&str]) -> String {
    match closest(name, names.iter().copied().chain([DEFAULT])) {
        Some(meant) => format!("no policy `{name}` is declared; did you mean `{meant}`?"),
        None => {
            let declared = list(names.iter().copied());
            format!("no policy `{name}` is declared; the program declares {declared}")
        }
    }
}

/// What follows `start` and a `_`.
pub(super) fn after<'a>(variable: &'a str, start: &str) -> Option<&'a str> {
    variable.strip_prefix(start)?.strip_prefix('_')
}

/// A name as a part of a variable.
pub(super) fn variable(name: &str) -> String {
    let upper = |byte| char::from(folded(byte));
    name.bytes().map(upper).collect()
}

/// As [`variable`], of one byte.
const fn folded(byte: u8) -> u8 {
    match byte.is_ascii_alphanumeric() {
        true => byte.to_ascii_uppercase(),
        false => b'_',
    }
}

pub(super) const fn same(a: &str, b: &str) -> bool {
    alike(a, b, false)
}

/// Whether two names have the same environment variables.
pub(super) const fn same_variable(a: &str, b: &str) -> bool {
    alike(a, b, true)
}

const fn alike(a: &str, b: &str, fold: bool) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() {
        let equal = match fold {
            true => folded(a[index]) == folded(b[index]),
            false => a[index] == b[index],
        };
        if !equal {
            return false;
        }
        index += 1;
    }
    a.len() == b.len()
}
