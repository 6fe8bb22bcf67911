//! Fleets over real servers, and over a store in memory.

mod budget;
mod bulkhead;
mod configs;
mod rate_limiter;
mod scripts;
