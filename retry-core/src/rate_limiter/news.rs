//! News from the service that a limiter cannot hold in its word.

use super::gcra::Pace;

/// The number of permits that a service has announced, and the question whether a long hold still stands.
#[derive(Debug, Default)]
pub(super) struct News {
    quota: Option<Quota>,
    question: Option<Question>,
}

/// A number of permits until a time.
#[derive(Clone, Copy, Debug)]
struct Quota {
    left: u64,
    until: u64,
}

/// A hold that was cut at the longest that is allowed: one call at a time asks whether it still stands.
#[derive(Clone, Copy, Debug)]
struct Question {
    /// The end that the service asked for.
    until: u64,
    /// The time at which the call went that asks.
    asked: Option<u64>,
}

/// The time in which headers of one window may differ, since they count whole seconds.
const SAME_WINDOW: u64 = 1_000_000_000;

/// The time after which another call goes, where one that asks brings no answer.
const PATIENCE: u64 = 60_000_000_000;

impl News {
    /// Returns whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.quota.is_none() && self.question.is_none()
    }

    /// Forgets what has ended.
    pub(super) fn expire(&mut self, now: u64) {
        self.quota = self.quota.filter(|quota| now < quota.until);
        self.question = self.question.filter(|question| now < question.until);
    }

    /// Returns the time at which the next call may go while one asks; `None` while none does.
    pub(super) fn asking_until(&self, now: u64) -> Option<u64> {
        let question = self.question?;
        let next = question.asked?.saturating_add(PATIENCE).min(question.until);
        (now < next).then_some(next)
    }

    /// Returns the time from which a call behind `ahead` others may go by the quota.
    pub(super) fn slot_behind(&self, pace: Pace, ahead: u64) -> u64 {
        match self.quota {
            Some(Quota { left, until }) if ahead >= left => {
                let over = pace.interval.saturating_mul(ahead - left);
                until.saturating_add(over)
            }
            _ => 0,
        }
    }

    /// Counts a permit; returns the time until which it is the last, if it is.
    pub(super) fn took(&mut self, now: u64) -> Option<u64> {
        if let Some(question) = &mut self.question {
            question.asked = Some(now);
        }
        let quota = self.quota.as_mut()?;
        quota.left = quota.left.saturating_sub(1);
        let until = quota.until;
        let spent = quota.left == 0;
        if spent {
            self.quota = None;
        }
        spent.then_some(until)
    }

    /// Allows `left` permits until a time. Of two announcements for one window the lower one holds, since
    /// responses overtake each other.
    pub(super) fn allow(&mut self, left: u64, until: u64) {
        self.quota = Some(match self.quota {
            Some(known) if known.until.abs_diff(until) <= SAME_WINDOW => Quota {
                left: left.min(known.left),
                until: until.max(known.until),
            },
            _ => Quota { left, until },
        });
    }

    /// Begins to ask whether a hold stands that was to last until then.
    pub(super) fn ask(&mut self, until: u64) {
        self.question = Some(Question { until, asked: None });
    }

    /// Ends a question that a call asks; returns whether there was one.
    pub(super) fn answered(&mut self) -> bool {
        let asked = self.question.take_if(|question| question.asked.is_some());
        asked.is_some()
    }
}
