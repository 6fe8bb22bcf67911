//! Durations in the syntax of other formats.

use persevere_words::duration::{Written, spelled};

/// Returns the error for `5 seconds` or `PT5S`; `None` if the text is not a duration.
pub(crate) fn otherwise(text: &str) -> Option<String> {
    let meant = Written(spelled(text)?);
    Some(format!("`{text}` is not a duration; write `{meant}`"))
}
