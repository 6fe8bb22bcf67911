//! Fleets over real servers, and over a store in memory.

mod bulkhead;
mod model;
mod rate_limiter;
mod scripts;
