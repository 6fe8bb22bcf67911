//! Fleets over real servers, and over a store in memory.

mod clocks;
mod members;
mod processes;
mod rate_limiter;
mod scripts;
mod security;
