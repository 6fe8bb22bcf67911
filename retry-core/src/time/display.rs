//! Durations in a readable form.

use core::fmt;
use core::time::Duration;

/// A duration in about three digits, padded as the format requires.
pub(crate) struct DisplayDuration(pub(crate) Duration);

impl fmt::Display for DisplayDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let text = match seconds {
            0 if self.0.is_zero() => "0".into(),
            0..60 => alloc::format!("{}", Rounded(self.0)),
            60..3600 => alloc::format!("{}min {:02}s", seconds / 60, seconds % 60),
            _ => alloc::format!("{}h {:02}min", seconds / 3600, seconds / 60 % 60),
        };
        f.pad(&text)
    }
}

/// A duration under a minute, to the millisecond from a second on, otherwise to three digits.
struct Rounded(Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos() as u64;
        let unit = match nanos {
            1_000_000_000.. => 1_000_000,
            1_000_000.. => 1_000,
            _ => 1,
        };
        write!(
            f,
            "{:?}",
            Duration::from_nanos((nanos + unit / 2) / unit * unit)
        )
    }
}
