//! Sources of a set.

use std::path::PathBuf;

use super::layer::Layer;

/// The sources that were loaded. All are put together again when one changes.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) file: Layer,
    pub(super) environment: Layer,
    pub(super) loaded: Option<Loaded>,
}

/// The file that was loaded last, and its text when it was last read, valid or not.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) path: PathBuf,
    pub(super) text: Option<String>,
}

impl Sources {
    pub(super) const fn new() -> Self {
        Sources {
            file: Layer::new(),
            environment: Layer::new(),
            loaded: None,
        }
    }
}
