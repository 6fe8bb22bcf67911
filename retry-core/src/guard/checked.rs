//! Checks of guards for values that can only be a mistake.

use crate::invalid::InvalidValue;

/// Guards whose values can be checked.
pub trait CheckedGuards {
    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue>;
}

impl CheckedGuards for () {
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }
}
