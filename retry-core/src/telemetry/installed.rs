//! The flag that `install()` sets.

use core::sync::atomic::{AtomicBool, Ordering};

/// Relaxed: it is one flag, which is only ever set, and no other memory depends on it.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// Sets the flag, for the rest of the process.
pub(super) fn set_installed() {
    INSTALLED.store(true, Ordering::Relaxed);
}

/// Returns whether every call of the process is reported.
#[inline]
pub(super) fn is_installed() -> bool {
    INSTALLED.load(Ordering::Relaxed)
}
