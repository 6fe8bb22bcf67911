//! Where retries can be seen: callbacks that write them down.

#[cfg(feature = "log")]
mod line;
mod log;

pub use self::log::{Log, Show, log_debug, log_error, log_info, log_trace, log_warn};
