//! The switch that turns the retries of a whole process off and on: for operators, and for maintenance.
//!
//! Off, every call makes one attempt, as with `enabled = false`; breakers and limits of time hold.
//! For a test use a scope of the testing kit, which leaves other tests alone.
//!
//! ```
//! # use persevere_core as persevere;
//! use persevere::{Policy, RetryPolicy, switch};
//!
//! switch::set_enabled(false);
//! assert_eq!(RetryPolicy::new().report(|| None::<u8>).attempts(), 1);
//! switch::set_enabled(true);
//! ```

use core::sync::atomic::{AtomicBool, Ordering};

/// Relaxed: it is one flag, and no other memory depends on it.
static OFF: AtomicBool = AtomicBool::new(false);

/// Turns retries off or on, from the next decision of every call in the process.
pub fn set_enabled(enabled: bool) {
    OFF.store(!enabled, Ordering::Relaxed);
}

/// Whether retries are made at all; they are unless somebody turned them off.
#[inline]
pub fn is_enabled() -> bool {
    !OFF.load(Ordering::Relaxed)
}

#[cfg(feature = "std")]
pub use self::environment::{ParseSwitchError, from_env};

#[cfg(feature = "std")]
mod environment {
    use std::error::Error;
    use std::{env, fmt};

    use super::{is_enabled, set_enabled};

    /// Sets the switch as an environment variable says: `true`, `on`, `1` or `false`, `off`, `0`, in
    /// any case. Unset or empty, it leaves the switch alone. Tells what the switch is then.
    ///
    /// Call it early in `main`: nothing reads the environment by itself.
    ///
    /// # Errors
    ///
    /// [`ParseSwitchError`], if the variable is something else; the switch stays as it is.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::switch;
    ///
    /// # fn main() -> Result<(), switch::ParseSwitchError> {
    /// if !switch::from_env("APP_RETRIES")? {
    ///     eprintln!("retries are off");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env(variable: &str) -> Result<bool, ParseSwitchError> {
        let value = env::var_os(variable).unwrap_or_default();
        let value = value.to_string_lossy();
        match &*value.trim().to_ascii_lowercase() {
            "" => {}
            "true" | "on" | "1" => set_enabled(true),
            "false" | "off" | "0" => set_enabled(false),
            _ => {
                return Err(ParseSwitchError {
                    variable: variable.to_owned(),
                    value: value.into_owned(),
                });
            }
        }
        Ok(is_enabled())
    }

    /// The error of a variable that says neither on nor off.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParseSwitchError {
        variable: String,
        value: String,
    }

    impl fmt::Display for ParseSwitchError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let ParseSwitchError { variable, value } = self;
            write!(f, "`{variable}` is `{value}`; write `true` or `false`")
        }
    }

    impl Error for ParseSwitchError {}
}
