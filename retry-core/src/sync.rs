//! What shared parts synchronise with: the standard library's types, or loom's where a model is
//! checked (`--cfg persevere_loom`).

#[cfg(not(all(test, persevere_loom)))]
pub(crate) use core::sync::atomic;

#[cfg(all(test, persevere_loom))]
pub(crate) mod atomic {
    use std::ops::Deref;
    use std::sync::OnceLock;

    pub(crate) use loom::sync::atomic::Ordering;

    /// loom's, with a `const` constructor. A model must touch it before it has a second thread.
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
