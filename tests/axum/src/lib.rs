//! A shop on axum, whose handlers call the services behind it through functions with retries and guards.

mod load;
mod scrape;
mod seen;
mod shop;
mod upstream;

pub use load::load;
pub use scrape::Scrape;
pub use seen::{Call, Count, Run, Seen};
pub use shop::{BUDGET, FUNCTIONS, HOSTS, PRICES, REPORTS, STATS, Shop};
pub use upstream::Upstream;
