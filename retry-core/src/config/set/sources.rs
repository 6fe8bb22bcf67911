//! The sources of a set.

use std::path::PathBuf;

use super::layer::Layer;
use super::name::DEFAULT;
use crate::config::error::ConfigError;

/// The loaded sources. A change of one rebuilds the policies from all.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) file: Layer,
    /// The text that a fleet has published.
    pub(super) fleet: Layer,
    pub(super) environment: Layer,
    pub(super) loaded: Option<Loaded>,
}

/// The last loaded file, and its text when it was last read, valid or not.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) path: PathBuf,
    pub(super) text: Option<String>,
}

impl Sources {
    pub(super) const fn new() -> Self {
        Sources {
            file: Layer::new(),
            fleet: Layer::new(),
            environment: Layer::new(),
            loaded: None,
        }
    }

    /// Returns the layers, each of which takes precedence over those before it.
    pub(super) fn layers(&self) -> [&Layer; 3] {
        [&self.file, &self.fleet, &self.environment]
    }

    /// Puts the place at which a policy's key is written before an error.
    pub(super) fn placed(&self, name: &str, error: ConfigError) -> ConfigError {
        let key = error.path().unwrap_or_default().to_string();
        for table in [name, DEFAULT] {
            let mut origins = self.layers().into_iter().rev();
            if let Some(origin) = origins.find_map(|layer| layer.origin(table, &key)) {
                return error.within(name).from(origin.clone());
            }
        }
        error.within(name)
    }
}
