//! A simulator of retry policies against a service in trouble.
//!
//! A discrete-event simulation in virtual time. Calls are made by the real engine with the real strategies,
//! breakers and budgets; only the server, the network and the clock are made up.

mod arrivals;
mod axis;
mod call;
mod check;
mod histogram;
mod moments;
mod plot;
mod queue;
mod random;
mod refusal;
mod report;
mod run;
mod scenario;
mod server;
mod span;
mod summary;
mod svg;
mod tally;

pub mod herd;
mod herd_plot;

pub use self::herd_plot::herd_plot;
pub use self::moments::Moments;
pub use self::plot::plot;
pub use self::refusal::Refusal;
pub use self::report::{Recovery, Report};
pub use self::scenario::{Arrival, Clients, Kind, Outage, Overload, Scenario, Served};
pub use self::span::Span;
pub use self::summary::summary;
pub use self::tally::Tick;

impl Scenario {
    /// Runs it.
    ///
    /// Calls begin until its duration is over, and have ten times as long to end.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where it takes more requests, or more calls in flight, than a run may have.
    pub fn run(&self) -> Result<Report, Refusal> {
        let report = run::run(self, &self.policies()?);
        report.map_err(|reason| Refusal::new(&self.file, reason))
    }
}
