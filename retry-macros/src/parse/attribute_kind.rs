//! The attribute that the user wrote, for messages that name it.

use persevere_words::Place;

/// One of the attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    #[default]
    Retry,
    Guard,
    CircuitBreaker,
}

impl AttributeKind {
    /// Returns whether a function is tried once.
    pub(crate) fn is_once(self) -> bool {
        self != AttributeKind::Retry
    }

    /// Returns the value for `#[retry]`, or that for an attribute whose functions are tried once.
    pub(crate) fn pick<T>(self, retry: T, once: T) -> T {
        if self.is_once() { once } else { retry }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            AttributeKind::Retry => "#[retry]",
            AttributeKind::Guard => "#[guard]",
            AttributeKind::CircuitBreaker => "#[circuit_breaker]",
        }
    }

    /// Returns a key with a value, as an example.
    pub(crate) fn example(self) -> &'static str {
        match self {
            AttributeKind::Retry => "stop = after_attempt(3)",
            AttributeKind::Guard => "deadline = 10s",
            AttributeKind::CircuitBreaker => "interrupt = |interrupt| ..",
        }
    }

    /// Returns the keys that the attribute has.
    pub(crate) fn place(self) -> Place {
        match self {
            AttributeKind::Guard => Place::Guard,
            AttributeKind::Retry | AttributeKind::CircuitBreaker => Place::Attribute,
        }
    }

    /// Returns the syntax that gives a breaker.
    pub(crate) fn breaker(self, value: &str) -> String {
        match self {
            AttributeKind::CircuitBreaker => format!("#[circuit_breaker({value})]"),
            AttributeKind::Retry | AttributeKind::Guard => format!("breaker = {value}"),
        }
    }
}
