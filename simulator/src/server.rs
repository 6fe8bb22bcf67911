//! The server: a capacity in requests a second, a queue, and an outage.

use crate::random::Random;
use crate::scenario::{Kind, Overload, Quota, Scenario};

/// The content of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Good,
    Bad,
    /// The quota is used up until this time.
    Throttled(u64),
}

/// The fate of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// An answer at this time.
    At(u64, Said),
    /// None at all.
    Never,
}

/// Requests are served in turn, one every `1 / capacity`, and answered `latency` after their turn. Since the
/// outage is known beforehand, so is the answer once a request arrives.
#[derive(Debug)]
pub(crate) struct Server {
    progress: Progress,
    latency: u64,
    refusal: u64,
    queue: f64,
    overload: Overload,
    outage: Option<(u64, u64, Kind)>,
    /// The turns that are taken, in requests since the start.
    taken: f64,
    quota: Option<Window>,
    /// Whether the outage has begun for the queue.
    struck: bool,
    random: Random,
}

impl Server {
    pub(crate) fn new(scenario: &Scenario, random: Random) -> Self {
        let server = &scenario.server;
        let outage = scenario.outage.as_ref();
        Server {
            progress: Progress::new(scenario),
            latency: server.latency.0,
            refusal: server.refusal.0,
            queue: server.queue(),
            overload: server.overload,
            outage: outage.map(|outage| (outage.start.0, outage.end(), outage.kind)),
            taken: 0.0,
            quota: server.quota.as_ref().map(Window::new),
            struck: false,
            random,
        }
    }

    /// A request arrives.
    pub(crate) fn request(&mut self, now: u64) -> Reply {
        self.strike(now);
        let during = self.kind_at(now);
        match during {
            Some(Kind::Down) => return Reply::At(now + self.refusal, Said::Bad),
            Some(Kind::Hang) => return Reply::Never,
            _ => {}
        }
        if let Some(until) = self.quota.as_mut().and_then(|window| window.refuses(now)) {
            return Reply::At(now + self.refusal, Said::Throttled(until));
        }
        let done = self.progress.by(now);
        if self.taken - done >= self.queue {
            return match self.overload {
                Overload::Refuse => Reply::At(now + self.refusal, Said::Bad),
                Overload::Drop => Reply::Never,
            };
        }
        let turn = self.taken.max(done);
        self.taken = turn + 1.0;
        let Some(begins) = self.progress.when(turn) else {
            return Reply::Never;
        };
        let begins = begins.max(now);
        let slower = match self.kind_at(begins) {
            Some(Kind::Slow(factor)) => factor,
            _ => 1.0,
        };
        let answered = begins.saturating_add((self.latency as f64 * slower) as u64);
        match (self.outage, during) {
            // It breaks off what is being served, and what waits.
            (Some((start, _, Kind::Down)), _) if now < start && answered > start => {
                Reply::At(start.max(now + self.refusal), Said::Bad)
            }
            (Some((start, _, Kind::Hang)), _) if now < start && answered > start => Reply::Never,
            (_, Some(Kind::Errors(rate))) if self.random.unit() < rate => {
                Reply::At(answered, Said::Bad)
            }
            _ => Reply::At(answered, Said::Good),
        }
    }

    /// Once the server is down or hangs, its queue is lost.
    fn strike(&mut self, now: u64) {
        let Some((start, _, Kind::Down | Kind::Hang)) = self.outage else {
            return;
        };
        if !self.struck && now >= start {
            self.struck = true;
            self.taken = self.taken.min(self.progress.by(start));
        }
    }

    fn kind_at(&self, now: u64) -> Option<Kind> {
        let (start, end, kind) = self.outage?;
        (start..end).contains(&now).then_some(kind)
    }
}

/// The requests of a window of the quota.
#[derive(Debug)]
struct Window {
    requests: u64,
    every: u64,
    ends: u64,
    left: u64,
}

impl Window {
    fn new(quota: &Quota) -> Self {
        Window {
            requests: quota.requests,
            every: quota.every.0,
            ends: 0,
            left: 0,
        }
    }

    /// Counts a request; returns the time until which it is beyond the quota, if it is.
    fn refuses(&mut self, now: u64) -> Option<u64> {
        if now >= self.ends {
            self.ends = (now / self.every + 1) * self.every;
            self.left = self.requests;
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                None
            }
            None => Some(self.ends),
        }
    }
}

/// The number of requests that the server can have served by a time: at one speed before and after the outage, at
/// another in it.
#[derive(Debug)]
struct Progress {
    /// Requests a nanosecond.
    speed: f64,
    during: f64,
    start: f64,
    end: f64,
}

impl Progress {
    fn new(scenario: &Scenario) -> Self {
        let speed = scenario.server.capacity / 1e9;
        let outage = scenario.outage.as_ref();
        let during = match outage.map(|outage| outage.kind) {
            Some(Kind::Down | Kind::Hang) => 0.0,
            Some(Kind::Slow(factor)) => speed / factor,
            Some(Kind::Errors(_)) | None => speed,
        };
        Progress {
            speed,
            during,
            start: outage.map_or(f64::INFINITY, |outage| outage.start.0 as f64),
            end: outage.map_or(f64::INFINITY, |outage| outage.end() as f64),
        }
    }

    /// Requests by then.
    fn by(&self, at: u64) -> f64 {
        let at = at as f64;
        let before = at.min(self.start) * self.speed;
        let during = (at.min(self.end) - self.start).max(0.0) * self.during;
        before + during + (at - self.end).max(0.0) * self.speed
    }

    /// The time by which it can have served that number; `None` if it never can.
    fn when(&self, requests: f64) -> Option<u64> {
        let mut left = requests;
        let pieces = [
            (0.0, self.start, self.speed),
            (self.start, self.end, self.during),
            (self.end, f64::INFINITY, self.speed),
        ];
        for (from, to, speed) in pieces {
            let whole = if to > from { (to - from) * speed } else { 0.0 };
            if left <= whole && speed > 0.0 {
                return Some((from + left / speed).ceil() as u64);
            }
            left -= whole;
        }
        None
    }
}
