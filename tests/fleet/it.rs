//! Fleets over real servers, and over a store in memory.

mod bulkhead;
mod rate_limiter;
mod scripts;
