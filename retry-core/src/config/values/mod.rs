//! The values of a policy as text.

mod breaker;
mod budget;
mod stop;
mod text;
mod wait;

pub use self::breaker::BreakerConfig;
pub use self::budget::BudgetConfig;
pub use self::stop::StopConfig;
pub use self::wait::WaitConfig;
