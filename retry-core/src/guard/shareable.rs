//! Guards whose type can be erased.

/// Guards of a policy, and their type once it is erased.
pub trait ErasedGuards {
    /// The guards with their types erased.
    type Shared;
}

/// Guards that a policy with a nameable type can keep: they serve every outcome.
#[diagnostic::on_unimplemented(
    message = "a policy whose type can be named has no hedge",
    label = "this policy has a `hedge`",
    note = "add it after `.shared()` or `.boxed()`, to a clone: `policy.clone().hedge(..)`"
)]
pub trait ShareableGuards: ErasedGuards {
    #[doc(hidden)]
    fn into_shared(self) -> Self::Shared;
}

impl ErasedGuards for () {
    type Shared = ();
}

#[diagnostic::do_not_recommend]
impl ShareableGuards for () {
    fn into_shared(self) {}
}
