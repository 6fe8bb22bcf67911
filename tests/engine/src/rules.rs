//! Formulas of stops, waits and predicates.

use std::time::Duration;

use persevere_core::{StopReason, Verdict};

use crate::plan::{Curve, Fault, Jitter, Outcome, Plan, Stop, Wait, When};

/// The input of a stop.
pub struct Asked {
    pub elapsed: Duration,
    pub idle: Duration,
    pub pause: Duration,
    pub cancelled: bool,
    /// Whether a case took the outcome.
    pub of_case: bool,
    /// The number of outcomes that cases have taken.
    pub set_aside: u32,
}

impl Asked {
    /// Returns the reason for which `stop` ends a call after this number of attempts.
    pub fn ends(&self, stop: &Stop, attempts: u32, of_call: bool) -> Option<StopReason> {
        let when = |holds: bool, reason| holds.then_some(reason);
        match stop {
            // A limit for outcomes that no case has taken.
            Stop::Default if of_call && self.of_case => None,
            Stop::Default => when(
                attempts.saturating_sub(self.set_aside) >= 3,
                StopReason::Attempts,
            ),
            Stop::Attempts(n) => when(attempts >= *n, StopReason::Attempts),
            Stop::After(limit) => when(self.elapsed >= *limit, StopReason::Elapsed),
            Stop::Before(limit) => when(self.elapsed + self.pause >= *limit, StopReason::Elapsed),
            Stop::Asleep(limit) => when(self.idle >= *limit, StopReason::GivenUp),
            Stop::Never => None,
            Stop::Cancelled { .. } => when(self.cancelled, StopReason::Cancelled),
            Stop::Any(stops) => stops.iter().find_map(|it| self.ends(it, attempts, of_call)),
            Stop::All(stops) => {
                let ends = stops.iter().map(|it| self.ends(it, attempts, of_call));
                let ends = ends.collect::<Option<Vec<_>>>()?;
                ends.last().copied()
            }
        }
    }
}

/// Collects the times that a stop compares with the end of the coming pause.
pub fn limits(stop: &Stop, times: &mut Vec<Duration>) {
    match stop {
        Stop::Before(limit) => times.push(*limit),
        Stop::Any(stops) | Stop::All(stops) => stops.iter().for_each(|it| limits(it, times)),
        _ => {}
    }
}

/// Returns whether the token of a stop may end a pause or an attempt, according to `may`.
pub fn heard(stop: &Stop, may: &dyn Fn(bool) -> bool) -> bool {
    match stop {
        Stop::Cancelled { cut } => may(*cut),
        Stop::Any(stops) => stops.iter().any(|it| heard(it, may)),
        Stop::All(stops) => !stops.is_empty() && stops.iter().all(|it| heard(it, may)),
        _ => false,
    }
}

/// Returns whether an outcome is retried, and the earliest time.
pub fn verdict(when: &When, outcome: &Outcome) -> Verdict {
    let retry_if = |wanted| {
        if wanted {
            Verdict::Retry
        } else {
            Verdict::Final
        }
    };
    match when {
        When::AnyFailure => retry_if(outcome.is_err()),
        When::Transient => match *outcome {
            Err(Fault::Busy(_) | Fault::Cut(_)) => Verdict::Retry,
            Err(Fault::Asks(pause)) => Verdict::RetryAfter(pause),
            Ok(_) | Err(Fault::Broken) => Verdict::Final,
        },
        When::Always => Verdict::Retry,
        When::Never => Verdict::Final,
        When::Ok(value) => retry_if(*outcome == Ok(*value)),
        When::Busy(kind) => retry_if(*outcome == Err(Fault::Busy(*kind))),
        When::After(_) if outcome.is_ok() => Verdict::Final,
        When::After(pause) => Verdict::RetryAfter(*pause),
        When::Not(it) => retry_if(verdict(it, outcome) == Verdict::Final),
        When::Or(a, b) => longer(verdict(a, outcome), verdict(b, outcome)),
        When::And(a, b) => match (verdict(a, outcome), verdict(b, outcome)) {
            (Verdict::Final, _) | (_, Verdict::Final) => Verdict::Final,
            (a, b) => longer(a, b),
        },
    }
}

/// Returns whether the service has failed. An outcome that is retried means failure, unless a predicate asks
/// the error itself, which then decides.
pub fn has_failed(plan: &Plan, outcome: &Outcome, wanted: bool) -> bool {
    let predicates = plan.cases.iter().map(|case| &case.when);
    let asks_error = predicates.chain([&plan.when]).any(asks);
    match outcome {
        Err(_) if asks_error => verdict(&When::Transient, outcome) != Verdict::Final,
        _ => wanted,
    }
}

fn asks(when: &When) -> bool {
    match when {
        When::Transient => true,
        When::Not(it) => asks(it),
        When::Or(a, b) | When::And(a, b) => asks(a) || asks(b),
        _ => false,
    }
}

fn longer(a: Verdict, b: Verdict) -> Verdict {
    match (a, b) {
        (Verdict::RetryAfter(a), Verdict::RetryAfter(b)) => Verdict::RetryAfter(a.max(b)),
        (Verdict::RetryAfter(a), _) | (_, Verdict::RetryAfter(a)) => Verdict::RetryAfter(a),
        (Verdict::Retry, _) | (_, Verdict::Retry) => Verdict::Retry,
        (Verdict::RetryIn(_), _) | (_, Verdict::RetryIn(_)) => {
            unreachable!("no predicate of a plan asks for an exact pause")
        }
        (Verdict::Final, Verdict::Final) => Verdict::Final,
    }
}

/// Returns the shortest and the longest pause after attempt `n`.
pub fn pauses(wait: &Wait, n: u32, previous: Duration) -> (Duration, Duration) {
    let (low, high) = match &wait.curve {
        Curve::Fixed(pause) => (*pause, *pause),
        Curve::Random(low, high) => (*low.min(high), *low.max(high)),
        Curve::Incrementing(start, step) => {
            let pause = *start + *step * (n - 1);
            (pause, pause)
        }
        Curve::Exponential(initial, halves) => {
            // To the nearest nanosecond.
            let (grown, halved) = (u128::from(*halves).pow(n - 1), 1_u128 << (n - 1));
            let nanos = (initial.as_nanos() * grown + halved / 2) / halved;
            let pause = Duration::from_nanos(nanos as u64);
            (pause, pause)
        }
        Curve::Fibonacci(unit) => {
            let mut numbers = vec![1, 1];
            for i in 2..n as usize {
                numbers.push(numbers[i - 1] + numbers[i - 2]);
            }
            let pause = *unit * numbers[n as usize - 1];
            (pause, pause)
        }
        Curve::Decorrelated(base) => (*base, previous.max(*base) * 3),
        Curve::Schedule(pauses) => {
            let at = (n as usize).min(pauses.len());
            let pause = at.checked_sub(1).map_or(Duration::ZERO, |at| pauses[at]);
            (pause, pause)
        }
        Curve::Chain(links) => match (n as usize).min(links.len()) {
            0 => (Duration::ZERO, Duration::ZERO),
            at => self::pauses(&links[at - 1], n, previous),
        },
        Curve::Sum(a, b) => {
            let (a, b) = (pauses(a, n, previous), pauses(b, n, previous));
            (a.0 + b.0, a.1 + b.1)
        }
        Curve::Each(pause) => (*pause * n, *pause * n),
    };
    let floor = wait.min.unwrap_or_default();
    let framed = |pause: Duration| pause.max(floor).min(wait.max.unwrap_or(Duration::MAX));
    let (low, high) = (framed(low), framed(high));
    let (low, high) = match wait.jitter {
        Jitter::None => (low, high),
        Jitter::Full => (low.min(floor), high),
        Jitter::Equal => (low / 2, high),
        Jitter::Ratio(ratio) => (low - low.mul_f64(ratio), high + high.mul_f64(ratio)),
        Jitter::Add(most) => (low, high + most),
    };
    (framed(low), framed(high))
}

/// Returns the longest hint that a wait accepts: the longest of several, or one minute by default.
pub fn hint_max(wait: &Wait) -> Duration {
    let minute = Duration::from_secs(60);
    wait.hint_max.unwrap_or_else(|| match &wait.curve {
        Curve::Chain(links) => links.iter().map(hint_max).max().unwrap_or(minute),
        Curve::Sum(a, b) => hint_max(a).max(hint_max(b)),
        _ => minute,
    })
}
