//! The sources of a set.

use std::path::PathBuf;

use super::layer::Layer;

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
}
