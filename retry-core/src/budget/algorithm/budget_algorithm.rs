//! The interface of a budget algorithm.

use crate::time::clock::Instant;

/// A ratio of 1, in the millionths that budgets count in.
pub(in crate::budget) const WHOLE: u64 = 1_000_000;

/// A receipt of a withdrawal, which a refund returns: a number of tokens, or the slice of time of the withdrawal,
/// as the algorithm counts.
pub(in crate::budget) type Token = u32;

/// An algorithm that counts retries against a limit. The provided methods do nothing.
pub(in crate::budget) trait BudgetAlgorithm {
    /// Returns whether a retry is paid for when it begins, instead of when its pause does.
    #[inline]
    fn withdraws_at_start(&self) -> bool {
        false
    }

    /// Counts a call that begins.
    #[inline]
    fn opened(&self, _clock: fn() -> Instant) {}

    /// Counts an attempt that ended with a retryable outcome.
    #[inline]
    fn failed(&self) {}

    /// Withdraws the cost of one retry, or nothing.
    fn withdraw(&self, clock: fn() -> Instant, timed_out: bool) -> Option<Token>;

    /// Refunds a retry that was paid for and does not begin.
    fn refund(&self, token: Token);

    /// Counts `retries` retries that have finished.
    #[inline]
    fn finished(&self, _retries: u32) {}

    /// Counts a call that succeeded, and the cost of its last retry.
    #[inline]
    fn succeeded(&self, _last: Option<Token>) {}

    /// Counts a call that ended.
    #[inline]
    fn closed(&self) {}

    /// Returns the number of retries that are left.
    fn available(&self) -> u64;

    /// Returns the amount that is spent, and the most that could be.
    fn spent(&self) -> (u64, u64);
}
