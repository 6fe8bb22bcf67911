//! SIGHUP, by which operators ask a process to read its files.

use std::sync::Arc;

use signal_hook::consts::SIGHUP;
use signal_hook::iterator::Signals;

use super::bell::Ring;
use super::watching::{Watching, spawn};
use crate::config::error::ConfigError;

impl Watching {
    /// Has each SIGHUP ring the bell, until the handle closes the signals.
    pub(super) fn on_sighup(mut self) -> Result<Self, ConfigError> {
        let refused = |error| ConfigError::new(format!("the watch cannot have SIGHUP: {error}"));
        let mut signals = Signals::new([SIGHUP]).map_err(refused)?;
        self.signals = Some(signals.handle());
        let shared = Arc::clone(&self.shared);
        spawn("retry-sighup", move || {
            for _ in signals.forever() {
                shared.bell.ring(Ring::Reload);
            }
        })?;
        Ok(self)
    }
}
