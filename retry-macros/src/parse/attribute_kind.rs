//! The attribute that the user wrote, for messages that name it.

/// One of the attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    #[default]
    Retry,
    CircuitBreaker,
}

impl AttributeKind {
    /// Returns the value for this attribute.
    pub(crate) fn pick<T>(self, retry: T, circuit_breaker: T) -> T {
        match self {
            AttributeKind::Retry => retry,
            AttributeKind::CircuitBreaker => circuit_breaker,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.pick("#[retry]", "#[circuit_breaker]")
    }

    /// Returns a key with a value, as an example.
    pub(crate) fn example(self) -> &'static str {
        self.pick("stop = after_attempt(3)", "interrupt = |interrupt| ..")
    }

    /// Returns the syntax that gives a breaker.
    pub(crate) fn breaker(self, value: &str) -> String {
        self.pick(
            format!("breaker = {value}"),
            format!("#[circuit_breaker({value})]"),
        )
    }
}
