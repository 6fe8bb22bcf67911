//! The query of a URL: names and values, as forms write them.

/// Returns the names and values of a query, in order.
///
/// # Errors
///
/// The part that is not in this form.
pub(crate) fn read(query: &str) -> Result<Vec<(String, String)>, String> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let both = decoded(name).zip(decoded(value));
            both.ok_or_else(|| format!("`{part}` is not the text of a link; copy all of it"))
        })
        .collect()
}

/// Writes names and values.
pub(crate) fn written(pairs: &[(String, String)]) -> String {
    let parts = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    parts.collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => u8::try_from(digit()? * 16 + digit()?).ok()?,
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{read, written};

    #[test]
    fn what_is_written_is_read() {
        let pairs = [
            (
                "a.policy",
                "stop = after_attempt(5) | after_delay(30s)\nwait = none()",
            ),
            ("a.name", "50 % + \u{e9}&"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read(&written(&pairs)), Ok(pairs.to_vec()));
    }

    #[test]
    fn half_a_character_is_refused() {
        for query in ["a=%", "a=%f", "a=%ff", "a=%zz"] {
            assert!(read(query).unwrap_err().starts_with(&format!("`{query}` ")));
        }
    }
}
