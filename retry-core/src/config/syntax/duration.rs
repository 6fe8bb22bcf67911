//! Durations with a unit: `250ms`, `1.5s`, `2min`.

use core::time::Duration;

use persevere_words::duration::{UNIT_NAMES, Written, is_too_short, nanos, spelled, unit};

/// The length of `number` units, or the reason why it has none.
pub(crate) fn of(number: &str, name: &str) -> Result<Duration, String> {
    let written = format!("{number}{name}");
    let Some(unit) = unit(name) else {
        let advice = match spelled(&written) {
            Some(meant) => format!("write `{}`", Written(meant)),
            None => format!("use {UNIT_NAMES}"),
        };
        return Err(format!("unknown unit `{name}` in `{written}`; {advice}"));
    };
    if number.starts_with('-') {
        return Err("a duration cannot be negative".into());
    }
    if is_too_short(number, unit) {
        return Err(format!(
            "`{written}` is shorter than a nanosecond, the shortest `Duration` that is not zero; \
             write `none()` for no pause, or `1ns`"
        ));
    }
    let nanos = nanos(number, unit).unwrap_or(u128::MAX);
    let seconds = u64::try_from(nanos / 1_000_000_000)
        .map_err(|_| format!("`{written}` is longer than a `Duration` can be"))?;
    Ok(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
}

/// The refusal of a duration that is written otherwise: `5 seconds`, `PT5S`; `None` if the text is none.
pub(crate) fn otherwise(text: &str) -> Option<String> {
    let meant = Written(spelled(text)?);
    Some(format!("`{text}` is not a duration; write `{meant}`"))
}
