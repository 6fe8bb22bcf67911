//! The values of a policy as text.

mod breaker;
mod budget;
mod bulkhead;
mod forced_state;
mod hedge;
mod rate_limiter;
mod stop;
mod text;
mod wait;
mod when;

pub use self::breaker::BreakerConfig;
pub use self::budget::BudgetConfig;
pub use self::bulkhead::BulkheadConfig;
pub use self::forced_state::ForcedState;
pub(crate) use self::hedge::FilePace;
pub use self::hedge::HedgeConfig;
pub use self::rate_limiter::RateLimiterConfig;
pub use self::stop::StopConfig;
pub use self::wait::WaitConfig;
pub use self::when::WhenConfig;
pub(crate) use self::when::WhenWord;
