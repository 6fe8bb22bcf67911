//! A simulator of retry policies against a service in trouble.
//!
//! A discrete-event simulation in virtual time. Calls are made by the real engine with the real strategies,
//! breakers and budgets; only the server, the network and the clock are made up.

mod arrivals;
mod axis;
mod call;
mod check;
mod fleet;
mod frame;
mod histogram;
mod limits;
mod load;
mod moments;
mod plot;
mod process;
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

pub mod fleets;
pub mod herd;
mod herd_plot;
pub mod serve;

pub use self::herd_plot::herd_plot;
pub use self::moments::Moments;
pub use self::plot::plot;
pub use self::refusal::Refusal;
pub use self::report::{Recovery, Report};
pub use self::scenario::{
    Arrival, Clients, Fleet, Kind, Limiter, Outage, Overload, Places, Quota, Scenario, Served,
};
pub use self::span::Span;
pub use self::summary::summary;
pub use self::tally::Tick;
