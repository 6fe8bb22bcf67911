//! Fleets over real servers, and over a store in memory.

mod breaker;
mod liar;
mod rate_limiter;
mod scripts;
