//! Limiters compared with a simple model: a bucket that a permit empties by its price in nanoseconds, and a list.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

const INTERVAL: i64 = 100_000_000;
const MILLI: i64 = 1_000_000;

/// The wait of calls without a limit of their own, in milliseconds.
const MAX_WAIT: i64 = 1500;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A call comes that has this much time left.
    Come {
        left: Option<i64>,
        waits: bool,
    },
    /// A call in the line asks.
    Ask(usize),
    Leave(usize),
    /// A call that does not wait at all.
    Try,
    Hold(i64),
    Observe {
        left: u64,
        reset: i64,
    },
    Pass(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let left = prop_oneof![Just(None), (1i64..1000).prop_map(Some)];
    prop_oneof![
        5 => (left, prop::bool::weighted(0.8)).prop_map(|(left, waits)| Step::Come { left, waits }),
        6 => any::<usize>().prop_map(Step::Ask),
        1 => any::<usize>().prop_map(Step::Leave),
        1 => Just(Step::Try),
        1 => (1i64..600).prop_map(Step::Hold),
        1 => (0u64..6, 1i64..900).prop_map(|(left, reset)| Step::Observe { left, reset }),
        6 => prop_oneof![1i64..50, Just(100), 1i64..600].prop_map(Step::Pass),
    ]
}

/// A call in the line: when it came, and the end of its own time.
#[derive(Clone, Copy, Debug)]
struct Caller {
    number: usize,
    since: i64,
    deadline: Option<i64>,
}

impl Caller {
    /// Returns the last moment at which it may go; one that goes at its deadline does not begin.
    fn latest(self) -> i64 {
        let latest = self.since + MAX_WAIT * MILLI;
        self.deadline
            .map_or(latest, |deadline| latest.min(deadline - 1))
    }
}

#[derive(Debug)]
struct Model {
    now: i64,
    burst: i64,
    /// The nanoseconds in the bucket, below zero while held, and when they were counted.
    level: i64,
    counted: i64,
    line: VecDeque<Caller>,
    /// The permits that were announced, and until when.
    quota: Option<(u64, i64)>,
    held_until: i64,
    /// The call in front whose turn it is, and since when others see it there.
    overdue: Option<(usize, i64)>,
}

impl Model {
    fn fill(&mut self) {
        let full = self.burst * INTERVAL;
        self.level = (self.level + self.now - self.counted).min(full);
        self.counted = self.now;
        self.quota = self.quota.filter(|(_, until)| self.now < *until);
    }

    /// Returns when the call behind so many goes.
    fn slot(&mut self, ahead: usize) -> i64 {
        self.fill();
        let price = (ahead as i64 + 1) * INTERVAL;
        let slot = self.now + (price - self.level).max(0);
        match self.quota {
            Some((left, until)) if ahead as u64 >= left => {
                slot.max(until + (ahead as i64 - left as i64) * INTERVAL)
            }
            _ => slot,
        }
    }

    fn take(&mut self) {
        self.level -= INTERVAL;
        if let Some((left, until)) = &mut self.quota {
            *left -= 1;
            if *left == 0 {
                let until = *until;
                self.quota = None;
                self.hold(until);
            }
        }
    }

    /// Looks after the call in front; returns whether it loses its place.
    fn evicts(&mut self) -> bool {
        let Some(front) = self.line.front().map(|caller| caller.number) else {
            return false;
        };
        match self.overdue {
            Some((number, since)) if number == front => self.now - since >= 1000 * MILLI,
            _ => {
                self.overdue = Some((front, self.now));
                false
            }
        }
    }

    fn hold(&mut self, until: i64) {
        self.fill();
        self.level = self.level.min(INTERVAL - (until - self.now));
        self.held_until = self.held_until.max(until);
    }

    fn observe(&mut self, left: u64, reset: i64) {
        self.fill();
        let until = self.now + reset;
        if left == 0 {
            return self.hold(until);
        }
        if left >= (reset / INTERVAL + self.burst) as u64 {
            return;
        }
        self.quota = Some(match self.quota {
            Some((known, end)) if (end - until).abs() <= 1000 * MILLI => {
                (left.min(known), until.max(end))
            }
            _ => (left, until),
        });
    }
}

fn time(now: i64) -> Instant {
    at(0) + Duration::from_nanos(now as u64)
}

fn nanos(nanos: i64) -> Duration {
    Duration::from_nanos(nanos as u64)
}

/// The answer to a call: a permit, or a place, or neither.
struct Asked<'a> {
    granted: Option<i64>,
    waiting: Option<Ticket<'a>>,
    /// Whether the call in front loses its place.
    evicts: bool,
}

/// Asks for a call at this place in the line, or for one that comes, and takes the permit that is there.
fn ask_as_the_model<'a>(
    model: &mut Model,
    mut ticket: Ticket<'a>,
    caller: Caller,
    place: Option<usize>,
    waits: bool,
) -> Result<Asked<'a>, TestCaseError> {
    let (now, ahead) = (model.now, place.unwrap_or(model.line.len()));
    let (slot, latest) = (model.slot(ahead), caller.latest());
    let left = caller
        .deadline
        .map(|deadline| nanos((deadline - now).max(0)));
    let behind = ahead > 0 && model.slot(0) <= now;
    let evicts = behind && model.evicts();
    let (mut granted, mut waiting) = (None, None);
    match ticket.ask(time(now), left, waits) {
        Turn::Pass => {
            prop_assert!(ahead == 0 && slot <= now);
            prop_assert!(ticket.take(time(now)));
            model.take();
            granted = Some(now);
        }
        Turn::Wait(wait) => {
            prop_assert!(waits && slot <= latest);
            prop_assert!(slot > now || ahead > 0);
            let again = if behind {
                slot.clamp(now + MILLI, now + 1000 * MILLI)
            } else {
                slot
            };
            prop_assert_eq!(wait, nanos(again - now));
            waiting = Some(ticket);
        }
        Turn::Refused { retry_after } => {
            let slot = if behind { slot.max(now + MILLI) } else { slot };
            prop_assert!(!waits || slot > latest);
            prop_assert_eq!(retry_after, nanos(slot - now));
            prop_assert!(!ticket.waits());
        }
    }
    Ok(Asked {
        granted,
        waiting,
        evicts,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_answers_as_the_model(burst in 1u32..5, steps in prop::collection::vec(any_step(), 0..120)) {
        let limiter = ten_a_second(burst).max_wait(nanos(MAX_WAIT * MILLI));
        let mut model = Model {
            now: 0,
            burst: burst.into(),
            level: i64::from(burst) * INTERVAL,
            counted: 0,
            line: VecDeque::new(),
            quota: None,
            held_until: 0,
            overdue: None,
        };
        let (mut tickets, mut granted, mut came) = (VecDeque::new(), Vec::new(), 0);
        for step in steps {
            match step {
                Step::Pass(millis) => model.now += millis * MILLI,
                Step::Hold(millis) => {
                    limiter.hold_at(time(model.now), nanos(millis * MILLI));
                    model.hold(model.now + millis * MILLI);
                }
                Step::Observe { left, reset } => {
                    limiter.observe_at(time(model.now), left, nanos(reset * MILLI));
                    model.observe(left, reset * MILLI);
                }
                Step::Leave(at) if !tickets.is_empty() => {
                    let at = at % tickets.len();
                    tickets.remove(at);
                    model.line.remove(at);
                }
                Step::Try => {
                    let free = model.line.is_empty() && model.slot(0) <= model.now;
                    prop_assert_eq!(limiter.try_take(time(model.now)), free);
                    if free {
                        model.take();
                        granted.push(model.now);
                    }
                }
                Step::Come { left, waits } => {
                    came += 1;
                    let caller = Caller {
                        number: came,
                        since: model.now,
                        deadline: left.map(|millis| model.now + millis * MILLI),
                    };
                    let ticket = limiter.ticket();
                    let asked = ask_as_the_model(&mut model, ticket, caller, None, waits)?;
                    granted.extend(asked.granted);
                    if let Some(ticket) = asked.waiting {
                        model.line.push_back(caller);
                        tickets.push_back(ticket);
                    }
                    if asked.evicts {
                        model.line.pop_front();
                        tickets.pop_front();
                    }
                }
                Step::Ask(at) if !tickets.is_empty() => {
                    let at = at % tickets.len();
                    let ticket = tickets.remove(at).expect("it is there");
                    let caller = model.line[at];
                    let asked = ask_as_the_model(&mut model, ticket, caller, Some(at), true)?;
                    granted.extend(asked.granted);
                    match asked.waiting {
                        Some(ticket) => tickets.insert(at, ticket),
                        None => {
                            model.line.remove(at);
                        }
                    }
                    if asked.evicts {
                        model.line.pop_front();
                        tickets.pop_front();
                    }
                }
                Step::Ask(_) | Step::Leave(_) => {}
            }
            prop_assert_eq!(limiter.waiting(), model.line.len());
        }
        // Never more than the burst and the rate, in any window.
        for (first, from) in granted.iter().enumerate() {
            for (count, to) in granted[first..].iter().enumerate() {
                prop_assert!((count as i64) < i64::from(burst) + (to - from) / INTERVAL);
            }
        }
        prop_assert_eq!(limiter.counts().taken, granted.len() as u64);
        // Nothing is lost: whoever waits leaves, and the burst is there again.
        drop(tickets);
        let later = time(model.now.max(model.held_until) + 60_000 * MILLI);
        let full = (0..10).filter(|_| limiter.try_take(later)).count();
        prop_assert_eq!(full, burst as usize);
        prop_assert!(!limiter.state().word.load().is_marked());
    }
}
