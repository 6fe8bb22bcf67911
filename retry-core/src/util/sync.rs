//! Atomics and locks of shared parts: the standard library's types, or loom's if a model is checked
//! (`--cfg persevere_loom`).

/// An atomic number of 64 bits, with locks if the target has none; never loom's.
#[cfg(target_has_atomic = "64")]
pub(crate) use core::sync::atomic::AtomicU64;
#[cfg(not(target_has_atomic = "64"))]
pub(crate) use portable_atomic::AtomicU64;

#[cfg(not(all(test, persevere_loom)))]
pub(crate) mod atomic {
    pub(crate) use super::AtomicU64;
    pub(crate) use core::sync::atomic::*;
}
#[cfg(all(feature = "std", not(all(test, persevere_loom))))]
pub(crate) use std::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

#[cfg(all(test, persevere_loom))]
pub(crate) use loom::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic};

/// Atomics that a `static` can hold.
#[cfg(all(feature = "std", not(all(test, persevere_loom))))]
pub(crate) mod in_static {
    pub(crate) use super::AtomicU64;
}

#[cfg(all(test, persevere_loom))]
pub(crate) mod in_static {
    use std::ops::Deref;
    use std::sync::OnceLock;

    /// loom's atomic, with a `const` constructor. A model must access it before it has a second thread.
    #[derive(Debug)]
    pub(crate) struct AtomicU64(u64, OnceLock<loom::sync::atomic::AtomicU64>);

    impl AtomicU64 {
        pub(crate) const fn new(value: u64) -> Self {
            AtomicU64(value, OnceLock::new())
        }
    }

    impl Deref for AtomicU64 {
        type Target = loom::sync::atomic::AtomicU64;

        fn deref(&self) -> &Self::Target {
            self.1.get_or_init(|| Self::Target::new(self.0))
        }
    }
}
