//! Sources of a set.

use std::path::PathBuf;

use super::layer::Layer;

/// What was loaded, to be put together again when a part of it is.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) file: Layer,
    pub(super) environment: Layer,
    pub(super) loaded: Option<Loaded>,
}

/// The file that was asked for last, and what it said when it was last read, sound or not.
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
