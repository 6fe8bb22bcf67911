//! Policies with the limits that the calls of a process share.

use std::sync::Arc;
use std::time::Duration;

use persevere_core::bulkhead::Settings as BulkheadSettings;
use persevere_core::rate_limiter::Settings as LimiterSettings;
use persevere_core::{Bulkhead, RateLimiter, when};

use crate::process::Process;
use crate::refusal::Refusal;
use crate::report::Report;
use crate::run::{Bounds, run};
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
        self.run_within(&Bounds::COMMAND)
    }

    /// Runs it, with bounds of the caller's own.
    pub(crate) fn run_within(&self, bounds: &Bounds) -> Result<Report, Refusal> {
        let processes = self.processes()?;
        let plain = processes.iter().map(|process| process.config.clone());
        let judged = processes
            .iter()
            .map(|process| (process, process.config.policy().when(when::transient())));
        let limiter = |process: &Process| process.limiter.clone().expect("all have one");
        let bulkhead = |process: &Process| process.bulkhead.clone().expect("all have one");
        let report = match (&self.rate_limiter, &self.bulkhead) {
            (None, None) if self.server.quota.is_none() => {
                run(self, bounds, &processes, &plain.collect::<Vec<_>>())
            }
            (None, None) => {
                let policies = judged.map(|(_, policy)| policy);
                run(self, bounds, &processes, &policies.collect::<Vec<_>>())
            }
            (Some(_), None) => {
                let limited = judged.map(|(process, policy)| policy.rate_limiter(limiter(process)));
                run(self, bounds, &processes, &limited.collect::<Vec<_>>())
            }
            (None, Some(_)) => {
                let limited = judged.map(|(process, policy)| policy.bulkhead(bulkhead(process)));
                run(self, bounds, &processes, &limited.collect::<Vec<_>>())
            }
            (Some(_), Some(_)) => {
                let limited = judged.map(|(process, policy)| {
                    policy
                        .rate_limiter(limiter(process))
                        .bulkhead(bulkhead(process))
                });
                run(self, bounds, &processes, &limited.collect::<Vec<_>>())
            }
        };
        report.map_err(|reason| Refusal::new(&self.file, reason))
    }

    /// Returns the processes, or one in place of all where they share nothing that has a state.
    fn processes(&self) -> Result<Vec<Process>, Refusal> {
        let process = |config| {
            Ok(Process {
                config,
                limiter: self
                    .rate_limiter
                    .as_ref()
                    .map(|_| self.limiter())
                    .transpose()?,
                bulkhead: self.bulkhead.as_ref().map(|_| self.places()).transpose()?,
            })
        };
        self.policies()?.into_iter().map(process).collect()
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
