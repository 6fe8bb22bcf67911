//! Names of a set, and their environment variables.

use persevere_words::{closest, list};

/// The table whose keys the others inherit.
pub(super) const DEFAULT: &str = "default";

/// Returns the error for a name that the program does not declare.
pub(super) fn undeclared(name: &str, names: &[&str]) -> String {
    match closest(name, names.iter().copied().chain([DEFAULT])) {
        Some(meant) => format!("no policy `{name}` is declared; did you mean `{meant}`?"),
        None => {
            let declared = list(names.iter().copied());
            format!("no policy `{name}` is declared; the program declares {declared}")
        }
    }
}

/// Returns the part of a variable after `start` and a `_`.
pub(super) fn after<'a>(variable: &'a str, start: &str) -> Option<&'a str> {
    variable.strip_prefix(start)?.strip_prefix('_')
}

/// Returns the rest of a variable behind a prefix, which may be given with its `_`.
pub(super) fn behind<'a>(variable: &'a str, prefix: &str) -> Option<&'a str> {
    after(variable, prefix.strip_suffix('_').unwrap_or(prefix))
}

/// Returns a name as a part of a variable.
pub(super) fn variable(name: &str) -> String {
    let upper = |byte| char::from(folded(byte));
    name.bytes().map(upper).collect()
}

/// Returns a byte of a name as it is in a variable.
const fn folded(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() {
        byte.to_ascii_uppercase()
    } else {
        b'_'
    }
}

/// Returns whether two names are equal; a `const fn`, unlike `==`.
pub(super) const fn same(a: &str, b: &str) -> bool {
    alike(a, b, false)
}

/// Returns whether two names have the same environment variables.
pub(super) const fn same_variable(a: &str, b: &str) -> bool {
    alike(a, b, true)
}

const fn alike(a: &str, b: &str, fold: bool) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() {
        let equal = if fold {
            folded(a[index]) == folded(b[index])
        } else {
            a[index] == b[index]
        };
        if !equal {
            return false;
        }
        index += 1;
    }
    a.len() == b.len()
}
