//! Fleets over real servers, and over a store in memory.

mod breaker;
mod breakers;
mod budget;
mod bulkhead;
mod configs;
mod liar;
mod members;
mod model;
mod processes;
mod rate_limiter;
mod scripts;
mod security;
mod trouble;
