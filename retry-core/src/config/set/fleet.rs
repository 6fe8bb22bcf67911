//! The layer that a fleet publishes: above the file, below the environment variables.

use super::RetryConfigs;
use super::layer::Layer;
use crate::config::error::{ConfigError, Origin};

impl RetryConfigs {
    /// Loads TOML that a fleet has published, in place of what it had published before.
    ///
    /// # Errors
    ///
    /// Those of [`load_file`](RetryConfigs::load_file).
    pub(crate) fn load_fleet(&self, text: &str) -> Result<(), ConfigError> {
        let fleet = self.fleet_layer(text)?;
        self.put(&mut self.lock(), |sources| sources.fleet = fleet)
    }

    /// Returns the error that [`load_fleet`](RetryConfigs::load_fleet) would return, and changes nothing.
    pub(crate) fn check_fleet(&self, text: &str) -> Result<(), ConfigError> {
        let mut sources = self.lock().clone();
        sources.fleet = self.fleet_layer(text)?;
        self.read_all(&sources).map(drop)
    }

    fn fleet_layer(&self, text: &str) -> Result<Layer, ConfigError> {
        let layer = Layer::toml(text, &Origin::Text)?;
        layer.only(self.names(), &Origin::Text)?;
        Ok(layer)
    }
}
