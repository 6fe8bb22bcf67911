//! The model of the pause after an attempt, or of the reason for giving up.

use std::time::Duration;

use persevere_core::{Interrupt, StopReason, Verdict};

use super::budget;
use super::call::Calling;

impl Calling<'_> {
    /// Returns the pause that follows, or the reason for giving up.
    pub(super) fn decide(&self, verdict: Verdict, timed_out: bool) -> Result<Duration, StopReason> {
        let plan = self.plan();
        let count = self.attempts - self.forgotten;
        let own = (plan.wait * (1 << (count - 1).min(3))).min(8 * plan.wait);
        let (low, high) = match verdict {
            Verdict::RetryIn(pause) => (pause, pause),
            Verdict::RetryAfter(hint) if !hint.is_zero() => {
                if hint > plan.hint_max.unwrap_or(Duration::from_secs(60)) {
                    return Err(StopReason::Hint);
                }
                let spread = (hint / 10).min(Duration::from_secs(1));
                (hint.max(own), (hint + spread).max(own))
            }
            _ => (own, own),
        };
        let told = self.model.told.pauses.get(&(self.run, self.attempts));
        let reason = self.model.told.reasons.get(&self.run).copied();
        let led_there = |pause: &Duration| match self.refusal(*pause, count) {
            None => reason == Some(StopReason::Budget),
            refusal => refusal == reason,
        };
        let pause = match told {
            Some(pause) => (*pause).clamp(low, high),
            // The drawn value is unknown, but its effect is known.
            None => {
                let drawn = [low, high, (low + high) / 2];
                drawn.into_iter().find(led_there).unwrap_or(low)
            }
        };
        if let Some(reason) = self.refusal(pause, count) {
            return Err(reason);
        }
        match budget::draw(&mut self.accounts.borrow_mut(), timed_out) {
            true => Ok(pause),
            false => Err(StopReason::Budget),
        }
    }

    /// Returns the reason for refusing such a pause.
    fn refusal(&self, pause: Duration, count: u32) -> Option<StopReason> {
        let plan = self.plan();
        let now = self.now();
        let long = plan.after_delay.is_some_and(|it| now - self.began >= it);
        let shut = plan.breaker.filter(|it| !it.waits).and_then(|it| {
            let breaker = self.model.breakers[it.breaker].borrow();
            breaker.shut_for(now)
        });
        if count >= plan.attempts {
            return Some(StopReason::Attempts);
        }
        if long {
            return Some(StopReason::Elapsed);
        }
        if self.is_cancelled() {
            return Some(StopReason::Cancelled);
        }
        if self.single {
            return Some(StopReason::Attempts);
        }
        if self.limit.is_some_and(|limit| now + pause >= limit) {
            return Some(StopReason::Deadline);
        }
        shut.is_some_and(|shut| shut > pause)
            .then_some(StopReason::CircuitOpen)
    }

    /// Pauses, until a token or the deadline ends it.
    pub(super) async fn rest(&self, pause: Duration) -> Result<(), Interrupt> {
        let clock = &self.model.log.clock;
        if clock.is_virtual() {
            clock.sleep(pause).await;
            return Ok(());
        }
        let slept = clock.sleep(pause.saturating_add(self.plan().oversleeps.unwrap_or_default()));
        let limit = self.limit.map(|it| (it, Interrupt::Deadline));
        let token = self.plan().token.map(|it| it.token);
        // A pause that is over is cancelled all the same.
        let rested = self.model.cut(slept, limit, token).await;
        match self.is_cancelled() {
            true => Err(Interrupt::Cancelled),
            false => rested,
        }
    }
}
