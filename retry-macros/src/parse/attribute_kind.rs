//! Which attribute stands there, for messages that name it.

/// The attribute that the user wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Front {
    #[default]
    Retry,
    CircuitBreaker,
}

impl Front {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Front::Retry => "#[retry]",
            Front::CircuitBreaker => "#[circuit_breaker]",
        }
    }

    /// A key with a value.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Front::Retry => "stop = after_attempt(3)",
            Front::CircuitBreaker => "interrupt = |interrupt| ..",
        }
    }

    /// How a breaker is given.
    pub(crate) fn breaker(self, value: &str) -> String {
        match self {
            Front::Retry => format!("breaker = {value}"),
            Front::CircuitBreaker => format!("#[circuit_breaker({value})]"),
        }
    }
}
