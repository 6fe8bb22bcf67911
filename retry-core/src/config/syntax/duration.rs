//! Durations that are written otherwise than here.

use persevere_words::duration::{Written, spelled};

/// The refusal of `5 seconds` or `PT5S`; `None` if the text is no duration.
pub(crate) fn otherwise(text: &str) -> Option<String> {
    let meant = Written(spelled(text)?);
    Some(format!("`{text}` is not a duration; write `{meant}`"))
}
