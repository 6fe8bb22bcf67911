//! The values of a policy as text.

mod breaker;
mod budget;
mod bulkhead;
mod forced_state;
mod rate_limiter;
mod stop;
mod text;
mod wait;

pub use self::breaker::BreakerConfig;
pub use self::budget::BudgetConfig;
pub use self::bulkhead::BulkheadConfig;
pub use self::forced_state::ForcedState;
pub use self::rate_limiter::RateLimiterConfig;
pub use self::stop::StopConfig;
pub use self::wait::WaitConfig;
