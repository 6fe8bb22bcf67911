//! Budget algorithms: how each kind of budget counts.

use crate::time::clock::Instant;

mod bounded;
mod in_flight;
mod ratio;
mod throttle;
mod tokens;
pub(super) mod window;

pub(super) use self::in_flight::{InFlight, InFlightSettings};
pub(super) use self::ratio::{Ratio, RatioSettings};
pub(super) use self::throttle::{TOKEN, Throttle, ThrottleSettings};
pub(super) use self::tokens::{Tokens, TokensSettings};

/// A ratio of 1, in the millionths that budgets count in.
pub(super) const WHOLE: u64 = 1_000_000;

/// What a draw took, which a return gives back: a number of tokens, or the slice of time that it
/// was taken in, as the algorithm counts.
pub(super) type Token = u32;

/// How an algorithm counts. What it does not care for, it leaves out.
pub(super) trait BudgetAlgorithm {
    /// Whether a retry is withdrawn when it begins, rather than when its pause does.
    #[inline]
    fn withdraws_at_start(&self) -> bool {
        false
    }

    /// A call begins.
    #[inline]
    fn opened(&self, _clock: fn() -> Instant) {}

    /// An attempt ended with a retryable outcome.
    #[inline]
    fn failed(&self) {}

    /// Takes what one retry costs, or nothing.
    fn withdraw(&self, clock: fn() -> Instant, timed_out: bool) -> Option<Token>;

    /// A retry that was paid for does not begin.
    fn refund(&self, token: Token);

    /// So many retries are no longer in flight.
    #[inline]
    fn finished(&self, _retries: u32) {}

    /// A call succeeded; its last retry cost this.
    #[inline]
    fn succeeded(&self, _last: Option<Token>) {}

    /// A call ended.
    #[inline]
    fn closed(&self) {}

    /// How many retries are left.
    fn available(&self) -> u64;

    /// What is spent, and what could be.
    fn spent(&self) -> (u64, u64);
}
