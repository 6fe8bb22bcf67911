//! Owned and borrowed bulkheads, as `bulkhead = ..` takes them.

use alloc::rc::Rc;
use alloc::sync::Arc;

use super::bulkhead::Bulkhead;

/// A [`Bulkhead`], or a reference to one: the value of `bulkhead = ..`.
///
/// ```
/// # use persevere_core as persevere;
/// use std::sync::Arc;
/// use persevere::Bulkhead;
/// use persevere::bulkhead::AsBulkhead;
///
/// fn places(bulkhead: impl AsBulkhead) -> u32 {
///     bulkhead.bulkhead().limit()
/// }
/// assert_eq!(places(Arc::new(Bulkhead::new("reports", 20))), 20);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a bulkhead",
    label = "expected `&Bulkhead`",
    note = "keep it in a `static REPORTS: Bulkhead = Bulkhead::new(\"reports\", 20);` and write `bulkhead = &REPORTS`, of a policy `.bulkhead(&REPORTS)`; of a `LazyLock` it is `&*REPORTS`"
)]
pub trait AsBulkhead {
    /// Returns the bulkhead itself.
    fn bulkhead(&self) -> &Bulkhead;
}

#[diagnostic::do_not_recommend]
impl AsBulkhead for Bulkhead {
    #[inline]
    fn bulkhead(&self) -> &Bulkhead {
        self
    }
}

macro_rules! bulkhead_by_reference {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: AsBulkhead + ?Sized> AsBulkhead for $pointer {
            #[inline]
            fn bulkhead(&self) -> &Bulkhead {
                (**self).bulkhead()
            }
        }
    )+};
}

bulkhead_by_reference!(&T, Box<T>, Rc<T>, Arc<T>);
