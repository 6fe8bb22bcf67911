//! Policies with the limits that the calls of a process share.

use std::sync::Arc;
use std::time::Duration;

use persevere_core::bulkhead::Settings as BulkheadSettings;
use persevere_core::rate_limiter::Settings as LimiterSettings;
use persevere_core::{Bulkhead, RateLimiter, when};

use crate::refusal::Refusal;
use crate::report::Report;
use crate::run::run;
use crate::scenario::Scenario;

impl Scenario {
    /// Runs it.
    ///
    /// Calls begin until its duration is over, and have ten times as long to end.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where it takes more requests, or more calls in flight, than a run may have.
    pub fn run(&self) -> Result<Report, Refusal> {
        let configs = self.policies()?;
        let plain = self.rate_limiter.is_none() && self.bulkhead.is_none();
        let report = if plain && self.server.quota.is_none() {
            run(self, &configs)
        } else {
            let judged = configs
                .iter()
                .map(|config| config.policy().when(when::transient()));
            match (&self.rate_limiter, &self.bulkhead) {
                (None, None) => run(self, &judged.collect::<Vec<_>>()),
                (Some(_), None) => {
                    let limited = judged.map(|policy| Ok(policy.rate_limiter(self.limiter()?)));
                    run(self, &limited.collect::<Result<Vec<_>, Refusal>>()?)
                }
                (None, Some(_)) => {
                    let limited = judged.map(|policy| Ok(policy.bulkhead(self.places()?)));
                    run(self, &limited.collect::<Result<Vec<_>, Refusal>>()?)
                }
                (Some(_), Some(_)) => {
                    let limited = judged.map(|policy| {
                        Ok(policy
                            .rate_limiter(self.limiter()?)
                            .bulkhead(self.places()?))
                    });
                    run(self, &limited.collect::<Result<Vec<_>, Refusal>>()?)
                }
            }
        };
        report.map_err(|reason| Refusal::new(&self.file, reason))
    }

    /// Refuses limits that can only be a mistake.
    pub(crate) fn check_limits(&self) -> Result<(), Refusal> {
        if self.rate_limiter.is_some() {
            self.limiter()?;
        }
        if self.bulkhead.is_some() {
            self.places()?;
        }
        Ok(())
    }

    /// Returns whether each process has limits of its own.
    pub(crate) fn has_limits(&self) -> bool {
        self.rate_limiter.is_some() || self.bulkhead.is_some()
    }

    fn limiter(&self) -> Result<Arc<RateLimiter>, Refusal> {
        let limiter = self.rate_limiter.as_ref().expect("there is one");
        let period = Duration::from_nanos(limiter.every.0);
        let settings = LimiterSettings::new("simulated").rate(limiter.rate, period);
        let settings = settings.burst(limiter.burst.unwrap_or(1));
        let built = settings.build().map(Arc::new);
        built.map_err(|error| Refusal::new(&self.file, format!("rate_limiter: {error}")))
    }

    fn places(&self) -> Result<Arc<Bulkhead>, Refusal> {
        let bulkhead = self.bulkhead.as_ref().expect("there is one");
        let settings = BulkheadSettings::new("simulated", bulkhead.places);
        let settings = match bulkhead.queue {
            Some(calls) => settings.queue(calls),
            None => settings,
        };
        let built = settings.build().map(Arc::new);
        built.map_err(|error| Refusal::new(&self.file, format!("bulkhead: {error}")))
    }
}
