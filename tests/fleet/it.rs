//! Fleets over real servers, and over a store in memory.

mod bulkhead;
mod members;
mod model;
mod processes;
mod rate_limiter;
mod scripts;
mod security;
