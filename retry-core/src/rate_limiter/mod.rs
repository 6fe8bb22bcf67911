//! Rate limiters, which let calls begin no faster than a service allows.
//!
//! A limiter gives out permits, `burst` of them at once and then one each `period / permits`. Each attempt takes
//! one. A call that finds none waits in a line for its own, and nobody overtakes it; `fail_fast(..)` refuses
//! it at once instead. A pause that a service asks for *holds* the limiter: no call goes before it is over.
//!
//! The rule is the generic cell rate algorithm of ATM networks (ITU-T I.371): one time says all of it, so that
//! the state is one atomic word.
//!
//! ```
//! # use persevere_core as persevere;
//! use std::time::Duration;
//! use persevere::RateLimiter;
//! use persevere::rate_limiter::HOUR;
//!
//! static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR).burst(2);
//!
//! assert!(GITHUB.try_acquire().is_ok() && GITHUB.try_acquire().is_ok());
//! let refused = GITHUB.try_acquire().unwrap_err();
//! assert!(refused.retry_after <= Duration::from_millis(720));
//! ```
//!
//! While nobody waits, a permit is one exchange of the word: no lock, no allocation. The line is behind a lock,
//! made by the first call that waits.

mod acquire;
mod adaptive;
mod as_rate_limiter;
mod counts;
mod cubic;
mod fail_fast;
mod gcra;
mod holds;
mod learning;
mod limiter_state;
mod line;
#[cfg(all(test, persevere_loom))]
mod model;
mod news;
mod periods;
mod permits;
#[cfg(feature = "http")]
pub(crate) mod posted;
mod rate_limited;
#[allow(clippy::module_inception)]
mod rate_limiter;
mod send_rate;
mod settings;
#[cfg(feature = "redis-fleet")]
mod share;
mod shared;
#[cfg(all(test, not(persevere_loom)))]
mod tests;
mod ticket;
mod word;

pub use self::as_rate_limiter::AsRateLimiter;
pub use self::counts::Counts;
pub use self::fail_fast::{FailFast, fail_fast};
pub(crate) use self::limiter_state::LimiterState;
pub use self::periods::{DAY, HOUR, MINUTE, SECOND};
pub use self::rate_limited::RateLimited;
pub use self::rate_limiter::RateLimiter;
pub(crate) use self::rate_limiter::write_totals;
pub use self::settings::Settings;
pub(crate) use self::ticket::{Ticket, Turn};
