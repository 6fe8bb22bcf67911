//! Where retries can be seen: callbacks that write them down.

mod line;
mod log;

pub use self::line::Line;
pub use self::log::{Log, Show, log_debug, log_error, log_info, log_trace, log_warn};

/// Where the lines of a [`Log`] go.
#[diagnostic::on_unimplemented(
    message = "`log_error()` to `log_trace()` need the feature `log` of `persevere`",
    label = "the feature `log` is not enabled",
    note = "run `cargo add persevere --features log`"
)]
pub trait Sink {
    /// Writes one line.
    #[doc(hidden)]
    fn write(&self, line: Line<'_>);
}
