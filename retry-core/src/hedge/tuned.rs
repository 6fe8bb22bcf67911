//! The pace of a hedge whose numbers a configuration may change.

use core::fmt;
use core::time::Duration;

use persevere_words::HEDGE;
use persevere_words::duration::Written;

use super::latency::Latency;
use super::pace::Pace;
use super::pace::sealed::Sealed;
use super::recorder::{LatencyRecorder, Measured};
use super::settings::Hedge;
use crate::time::clock::Instant;

/// The pace of [`RetryConfigs::hedge`](crate::RetryConfigs::hedge): that of the configuration, or the program's own.
#[derive(Clone, Copy, Debug)]
pub struct Tuned<'a, P> {
    own: P,
    tuning: Option<Tuning<'a>>,
}

/// The pace of a configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tuning<'a> {
    Delay(Duration),
    /// Of the attempts that the configuration has measured.
    Quantile(f64, &'a Latency),
}

impl<P: Pace> Hedge<P> {
    /// Returns the hedge with the pace and the copies of a configuration.
    pub(crate) fn tuned<'a>(self, tuning: Option<(Tuning<'a>, u32)>) -> Hedge<Tuned<'a, P>> {
        // Checked when it was read: 2, 3 or 4.
        let copies = tuning.map_or(self.copies, |(_, copies)| copies as u8);
        let tuning = tuning.map(|(tuning, _)| tuning);
        let pace = match tuning {
            // The program measures already.
            Some(Tuning::Quantile(share, _)) => self.pace.at_quantile(share),
            _ => None,
        };
        let pace = match pace {
            Some(own) => Tuned { own, tuning: None },
            None => Tuned {
                own: self.pace,
                tuning,
            },
        };
        Hedge { pace, copies }
    }
}

impl<'a, P: Pace> Pace for Tuned<'a, P> {
    type Recorder = TunedRecorder<'a, P::Recorder>;

    fn start(self) -> (Option<Duration>, Self::Recorder) {
        let (own, recorder) = self.own.start();
        let (after, measured) = match self.tuning {
            None => (own, None),
            Some(Tuning::Delay(after)) => (Some(after), None),
            Some(Tuning::Quantile(share, latency)) => {
                let after = latency.quantile(share);
                (after, Some(Measured::new(latency, after)))
            }
        };
        (after, TunedRecorder(recorder, measured))
    }

    #[cold]
    fn cut(self, after: Duration) {
        self.own.cut(after);
        if let Some(Tuning::Quantile(share, latency)) = self.tuning {
            latency.record_unanswered(after, latency.quantile(share));
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tuning {
            None => self.own.describe(f),
            Some(tuning) => tuning.describe(f),
        }
    }
}

impl Tuning<'_> {
    pub(crate) fn describe(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tuning::Delay(after) => HEDGE.describe(f, "delay", &[&Written(after.as_nanos())]),
            Tuning::Quantile(share, _) => {
                HEDGE.describe(f, "quantile", &[&"its configuration", &share])
            }
        }
    }
}

impl<P> Sealed for Tuned<'_, P> {}

/// The recorders of the program and of the configuration.
#[doc(hidden)]
#[derive(Debug)]
pub struct TunedRecorder<'a, R>(R, Option<Measured<'a>>);

impl<R: LatencyRecorder> LatencyRecorder for TunedRecorder<'_, R> {
    fn hears_of_drops(&mut self, clock: fn() -> Instant) {
        self.0.hears_of_drops(clock);
        if let Some(measured) = &mut self.1 {
            measured.hears_of_drops(clock);
        }
    }

    fn begin(&mut self, now: impl FnOnce() -> Instant) {
        match &mut self.1 {
            None => self.0.begin(now),
            Some(measured) => {
                let now = now();
                self.0.begin(|| now);
                measured.begin(|| now);
            }
        }
    }

    fn answered(&mut self, now: impl FnOnce() -> Instant) {
        match &mut self.1 {
            None => self.0.answered(now),
            Some(measured) => {
                let now = now();
                self.0.answered(|| now);
                measured.answered(|| now);
            }
        }
    }

    fn failed(&mut self) {
        self.0.failed();
        if let Some(measured) = &mut self.1 {
            measured.failed();
        }
    }
}
