//! The keys of a policy, as the attribute or a configuration has them.

/// Returns the keys with their values: `stop = after_attempt(5), wait = none()`, also a line each, in quotes,
/// within `#[retry(..)]`, or below `[policy]`.
///
/// # Errors
///
/// A part that is no key with its value, and what to write.
pub(crate) fn read(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = without_comments(text);
    let mut keys: Vec<(String, String)> = Vec::new();
    for part in parts(inner(text.trim())) {
        let (key, value) = key_of(part).ok_or_else(|| {
            format!("`{part}` is no key with its value; write `wait = exponential(100ms)`")
        })?;
        if keys.iter().any(|(known, _)| known == key) {
            return Err(format!("`{key}` is written twice; remove one"));
        }
        keys.push((key.to_owned(), unquoted(value).to_owned()));
    }
    Ok(keys)
}

/// Returns the arguments of an attribute or the keys of a table, if the text is one.
fn inner(text: &str) -> &str {
    let text = text.strip_prefix("[policy]").unwrap_or(text);
    let arguments = text.strip_prefix("#[").and_then(|text| {
        let (_, arguments) = text.split_once("retry(")?;
        arguments.trim_end().strip_suffix(")]")
    });
    arguments.unwrap_or(text)
}

/// Blanks what stands behind `//`, outside of quotes.
fn without_comments(text: &str) -> String {
    let code = |line: &'_ str| {
        let mut quoted = false;
        let starts = line.char_indices().find(|(at, letter)| {
            quoted ^= *letter == '"';
            !quoted && line[*at..].starts_with("//")
        });
        line[..starts.map_or(line.len(), |(at, _)| at)].to_owned()
    };
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// Splits at commas, and at the ends of lines where the next begins with a key.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut parts = Vec::new();
    let (mut from, mut depth, mut quoted) = (0, 0_usize, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            '\n' if key_of(text[at..].trim_start()).is_some() => {
                parts.push(&text[from..at]);
                (from, depth) = (at + 1, 0);
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    let parts = parts.into_iter().map(str::trim);
    parts.filter(|part| !part.is_empty())
}

/// Splits `key = value`.
fn key_of(part: &str) -> Option<(&str, &str)> {
    let (key, value) = part.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let is_key = !key.is_empty() && key.chars().all(is_name) && !value.starts_with(['=', '>']);
    is_key.then_some((key, value))
}

fn unquoted(value: &str) -> &str {
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::read;

    fn keys(text: &str) -> Vec<(String, String)> {
        read(text).unwrap()
    }

    #[test]
    fn a_policy_is_read_in_each_of_its_forms() {
        let expected = [
            ("stop", "after_attempt(5) | after_delay(30s)"),
            ("wait", "exponential(100ms).max(10s)"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        for text in [
            "stop = after_attempt(5) | after_delay(30s)\nwait = exponential(100ms).max(10s)",
            "stop = after_attempt(5) | after_delay(30s), wait = exponential(100ms).max(10s),",
            "stop = \"after_attempt(5) | after_delay(30s)\"\r\nwait=\"exponential(100ms).max(10s)\"",
            "[policy]\nstop = \"after_attempt(5) | after_delay(30s)\"\nwait = \"exponential(100ms).max(10s)\"",
            "#[retry(\n stop = after_attempt(5) | after_delay(30s), // or\n wait = exponential(100ms).max(10s),\n)]",
        ] {
            assert_eq!(keys(text), expected, "{text}");
        }
        assert!(keys(" \n ,\n").is_empty() && keys("#[retry()]").is_empty());
    }

    #[test]
    fn a_value_goes_on_until_the_next_key() {
        let read = keys(
            "stop = any(\n after_attempt(3),\n after_delay(1s)\n)\nwait = fixed(1s)\n + fixed(2s)",
        );
        assert_eq!(read[0].1, "any(\n after_attempt(3),\n after_delay(1s)\n)");
        assert_eq!(read[1].1, "fixed(1s)\n + fixed(2s)");
        assert_eq!(keys("stop = any(after_attempt(3)\nwait = none()").len(), 2);
    }

    #[test]
    fn a_part_without_a_key_is_named() {
        assert_eq!(
            read("exponential(1s)").unwrap_err(),
            "`exponential(1s)` is no key with its value; write `wait = exponential(100ms)`"
        );
        let twice = read("stop = never()\nstop = after_attempt(3)").unwrap_err();
        assert_eq!(twice, "`stop` is written twice; remove one");
    }
}
