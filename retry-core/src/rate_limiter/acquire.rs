//! Permits for callers without a policy.

use core::task::Context;

use super::rate_limited::RateLimited;
use super::rate_limiter::RateLimiter;
use super::ticket::Turn;
use crate::cancel::{Cancellation, sleep_until};
use crate::time::clock::{Instant, read, read_blocking};
use crate::time::sleep::DefaultSleeper;

impl RateLimiter {
    /// Takes a permit if one is there and nobody waits for it.
    ///
    /// # Errors
    ///
    /// The refusal, with the time until a permit is there.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::MINUTE;
    ///
    /// static SEARCH: RateLimiter = RateLimiter::new("search").rate(30, MINUTE);
    ///
    /// assert!(SEARCH.try_acquire().is_ok());
    /// assert!(SEARCH.try_acquire().unwrap_err().retry_after.as_secs() < 2);
    /// ```
    #[inline]
    pub fn try_acquire(&self) -> Result<(), RateLimited> {
        let now = read();
        if self.try_take(now) {
            return Ok(());
        }
        self.refuse(now)
    }

    /// Takes a permit, for which the thread waits in the order in which calls came.
    ///
    /// # Errors
    ///
    /// The refusal, before the wait: it would be longer than [`max_wait`](RateLimiter::max_wait). A hold that
    /// comes during the wait can make it too long.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::{HOUR, SECOND};
    ///
    /// static SEARCH: RateLimiter = RateLimiter::new("search").rate(1000, SECOND);
    ///
    /// SEARCH.acquire_blocking()?;
    /// SEARCH.acquire_blocking()?; // a millisecond later
    /// SEARCH.hold(HOUR);
    /// assert!(SEARCH.acquire_blocking().is_err());
    /// # Ok::<_, persevere::rate_limiter::RateLimited>(())
    /// ```
    pub fn acquire_blocking(&self) -> Result<(), RateLimited> {
        let mut ticket = self.ticket();
        loop {
            let now = read_blocking();
            match ticket.ask(now, None, true) {
                Turn::Pass if ticket.take(now) => return Ok(()),
                Turn::Pass => {}
                Turn::Wait(pause) => {
                    let mut woken = |cx: &mut Context<'_>| ticket.poll_woken(cx);
                    let never = Cancellation::never();
                    sleep_until(never, Some(&mut woken), pause, &DefaultSleeper);
                }
                Turn::Refused { retry_after } => return Err(self.refusal(retry_after)),
            }
        }
    }

    /// Takes a permit, for which the task waits in the order in which calls came. A call that is dropped while it
    /// waits has taken nothing.
    ///
    /// # Errors
    ///
    /// The refusal, before the wait: it would be longer than [`max_wait`](RateLimiter::max_wait). A hold that
    /// comes during the wait can make it too long.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::SECOND;
    ///
    /// static SEARCH: RateLimiter = RateLimiter::new("search").rate(1000, SECOND);
    ///
    /// SEARCH.acquire().await?;
    /// SEARCH.acquire().await // a millisecond later
    /// # }).unwrap();
    /// ```
    #[cfg(any(feature = "tokio", feature = "futures-timer"))]
    pub async fn acquire(&self) -> Result<(), RateLimited> {
        use core::future::poll_fn;
        use core::pin::pin;
        use core::task::Poll;

        use crate::time::coop::on_time;
        use crate::time::sleep::AsyncSleep;

        let mut ticket = self.ticket();
        loop {
            let now = crate::time::clock::read_async();
            match ticket.ask(now, None, true) {
                Turn::Pass if ticket.take(now) => return Ok(()),
                Turn::Pass => {}
                Turn::Wait(pause) => {
                    let mut sleep = pin!(AsyncSleep::sleep(&DefaultSleeper, pause));
                    poll_fn(|cx| match on_time(sleep.as_mut(), cx) {
                        Poll::Ready(()) => Poll::Ready(()),
                        Poll::Pending => ticket.poll_woken(cx),
                    })
                    .await;
                }
                Turn::Refused { retry_after } => return Err(self.refusal(retry_after)),
            }
        }
    }

    #[cold]
    fn refuse(&self, now: Instant) -> Result<(), RateLimited> {
        let mut ticket = self.ticket();
        loop {
            match ticket.ask(now, None, false) {
                Turn::Refused { retry_after } => return Err(self.refusal(retry_after)),
                _ if ticket.take(now) => return Ok(()),
                _ => {}
            }
        }
    }
}
