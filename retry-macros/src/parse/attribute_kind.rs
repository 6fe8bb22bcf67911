//! The attribute that the user wrote, for messages that name it.

/// One of the attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    #[default]
    Retry,
    CircuitBreaker,
}

impl AttributeKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            AttributeKind::Retry => "#[retry]",
            AttributeKind::CircuitBreaker => "#[circuit_breaker]",
        }
    }

    /// Returns a key with a value, as an example.
    pub(crate) fn example(self) -> &'static str {
        match self {
            AttributeKind::Retry => "stop = after_attempt(3)",
            AttributeKind::CircuitBreaker => "interrupt = |interrupt| ..",
        }
    }

    /// Returns the syntax that gives a breaker.
    pub(crate) fn breaker(self, value: &str) -> String {
        match self {
            AttributeKind::Retry => format!("breaker = {value}"),
            AttributeKind::CircuitBreaker => format!("#[circuit_breaker({value})]"),
        }
    }
}
