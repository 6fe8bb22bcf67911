//! Retried calls inside retried calls, and the limits that the outer ones set.
//!
//! A call that has a deadline, a budget or a `nested` of its own is visible to the retried calls that its
//! body makes: on this thread, while the body runs or its future is polled. It shows its own limits and those
//! of all calls around it, whatever its own `nested` is. Other calls publish nothing and cost nothing.
//!
//! Other tasks do not see it, not even those that a body drives on its own thread, as `block_on` does. Tasks
//! are distinguished by their id in tokio. A body that drives the tasks of another runtime on its own thread
//! shows them its call: give those tasks threads of their own, or omit `nested` in them.

use crate::guard::InterruptConversion;

mod current;
mod parent;

pub(crate) use self::current::with_parent;
#[cfg(feature = "http")]
pub(crate) use self::current::{Task, task};
pub(crate) use self::parent::{ParentCall, Published};

/// The behaviour of a retried call inside another; see [`independent`], [`share`] and
/// [`single`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nested {
    /// See [`independent`].
    #[default]
    Independent,
    /// See [`share`].
    Share,
    /// See [`single`].
    Single,
}

/// A value of the key `nested`: [`independent()`], [`share()`], [`single()`], or a [`Nested`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what the call does inside another",
    label = "expected `independent()`, `share()` or `single()`"
)]
pub trait Nesting {
    /// The conversion of interrupts of a call that had `I` before.
    #[doc(hidden)]
    type Enabled<I: InterruptConversion>: InterruptConversion;

    #[doc(hidden)]
    fn nested(self) -> Nested;

    #[doc(hidden)]
    fn enable<I: InterruptConversion>(interrupt: I) -> Self::Enabled<I>;
}

/// Retries as it would alone; the default.
///
/// Retries multiply: three attempts that make three attempts each are nine. A call with this value is visible
/// to those inside it.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, nested, wait};
///
/// let inner = RetryPolicy::new().wait(wait::none());
/// let outer = inner.nested(nested::independent());
/// let mut attempts = 0;
/// let _ = outer.run(|| inner.run(|| { attempts += 1; Err::<(), _>("refused") }));
/// assert_eq!(attempts, 9);
/// ```
#[inline]
pub const fn independent() -> Independent {
    Independent
}

/// Observes the deadlines of the calls around it too, and draws its retries from their budgets too.
///
/// The nearest deadline holds. Every budget of the chain pays once for a retry or for a further copy, however
/// many of its calls name it, and counts the call once.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io;
/// use std::time::Duration;
/// use persevere::{Attempt, Policy, RetryPolicy, nested};
///
/// let outer = RetryPolicy::new().deadline(Duration::from_secs(10));
/// let inner = RetryPolicy::new().nested(nested::share());
/// let left = outer.run(|| inner.run(|at: &Attempt| io::Result::Ok(at.remaining())));
/// assert!(left.unwrap().unwrap() <= Duration::from_secs(10));
/// ```
#[inline]
pub const fn share() -> Share {
    Share
}

/// Makes a single attempt and leaves retrying to the outer call.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, nested, wait};
///
/// let inner = RetryPolicy::new().wait(wait::none()).nested(nested::single());
/// let outer = RetryPolicy::new().wait(wait::none()).nested(nested::independent());
/// let mut attempts = 0;
/// let _ = outer.run(|| inner.run(|| { attempts += 1; Err::<(), _>("refused") }));
/// assert_eq!(attempts, 3);
/// ```
#[inline]
pub const fn single() -> Single {
    Single
}

/// The value of [`independent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Independent;

/// The value of [`share`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share;

/// The value of [`single`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Single;

/// Enables interrupts for the nestings under which the outer call's deadline can interrupt.
macro_rules! nesting {
    ($($name:ident => $nested:expr, $enable:ty, $with:expr;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl Nesting for $name {
            type Enabled<I: InterruptConversion> = $enable;

            #[inline]
            fn nested(self) -> Nested {
                let nested: fn(Self) -> Nested = $nested;
                nested(self)
            }

            #[inline]
            fn enable<I: InterruptConversion>(interrupt: I) -> Self::Enabled<I> {
                let with: fn(I) -> $enable = $with;
                with(interrupt)
            }
        }
    )+};
}

nesting! {
    Nested => |nested| nested, I::Enabled, I::enable;
    Independent => |_| Nested::Independent, I, |interrupt| interrupt;
    Share => |_| Nested::Share, I::Enabled, I::enable;
    Single => |_| Nested::Single, I, |interrupt| interrupt;
}
