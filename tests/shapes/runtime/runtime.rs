//! Functions among the attributes of others, and what a call costs at run time.
// Those attributes write `allow`, which `forbid` would not let them.
#![deny(warnings, unused)]

#[path = "../common.rs"]
mod common;

mod asked;
mod async_traits;
mod attributes;
mod clock;
mod configs;
mod described;
mod dropping;
mod guards;
mod hints;
mod locations;
mod names;
mod numbers;
mod one_line;
mod pedantic;
mod scopes;
mod sizes;
mod stream_faults;
mod streams;
mod trace;
mod values;
