//! Guards of a call: deadlines, breakers, budgets, the call around it.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use persevere::{
    CircuitBreaker, GiveUp, Interrupt, RetryBudget, RetryError, StopReason, nested, retry,
};

use crate::common::{Refused, Tries};

const SECOND: Duration = Duration::from_secs(1);

fn refused() -> io::Error {
    ErrorKind::ConnectionRefused.into()
}

fn interrupt_of(error: &io::Error) -> Option<Interrupt> {
    error.get_ref()?.downcast_ref().copied()
}

mod alone;
mod bounded;
mod breakers;
mod budgets;
mod cuts;
mod deadlines;
mod found;
mod health;
mod hedges;
mod hedges_inside;
mod nests;
mod once;
mod policies;
mod timeouts;
mod tokens;
mod views;
