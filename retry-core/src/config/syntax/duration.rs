//! Durations with a unit: `250ms`, `1.5s`, `2min`.

use core::time::Duration;

use persevere_words::duration::{Written, read, spelled};

/// The length of `number` units, or the reason why it has none.
pub(crate) fn of(number: &str, unit: &str) -> Result<Duration, String> {
    if number.starts_with('-') {
        return Err("a duration cannot be negative".into());
    }
    read(number, unit)
}

/// The refusal of a duration that is written otherwise: `5 seconds`, `PT5S`; `None` if the text is none.
pub(crate) fn otherwise(text: &str) -> Option<String> {
    let meant = Written(spelled(text)?);
    Some(format!("`{text}` is not a duration; write `{meant}`"))
}
