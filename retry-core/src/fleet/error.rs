//! Mistakes in a fleet.

use std::fmt;

/// A mistake that keeps a member from starting. A store that cannot be reached is none: the member starts alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FleetError {
    /// The address is not one of Redis, or needs TLS, which is a feature of the crate `redis`. Its text is not here: it
    /// may hold a password.
    Address,
    /// The namespace is empty, longer than 64 bytes, or has other characters than letters, digits, `-`, `_` and `.`.
    Namespace(String),
    /// The lease is shorter than 16 exchanges or longer than an hour, or the time between them is below 10 ms.
    Lease,
    /// The open time of a breaker is shorter than 4 exchanges.
    OpenTime {
        /// The name of the breaker.
        name: String,
    },
    /// The quorum of a breaker is not within `0..=1`.
    Quorum {
        /// The name of the breaker.
        name: String,
    },
    /// No member is expected.
    Members,
    /// No part has joined.
    NoParts,
    /// The name of a part is empty, longer than 200 bytes, or has control characters.
    Name {
        /// The kind of the part.
        kind: &'static str,
    },
    /// It was started outside a tokio runtime.
    NoRuntime,
    /// Two parts of one kind have this name.
    SameName {
        /// The kind of both.
        kind: &'static str,
        /// The name of both.
        name: String,
    },
    /// A part has nothing that members could divide.
    Indivisible {
        /// The kind of the part.
        kind: &'static str,
        /// The name of the part.
        name: String,
        /// The advice on a part to take instead.
        advice: &'static str,
    },
}

impl fmt::Display for FleetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FleetError::Address => f.write_str(
                "the address is not one of Redis; write `redis://host:port/`, or `rediss://user:password@host:port/` with the \
                 feature `tokio-rustls-comp` or `tokio-native-tls-comp` of the crate `redis`",
            ),
            FleetError::Namespace(name) => write!(
                f,
                "`{name}` is not a namespace; write 1 to 64 letters, digits, `-`, `_` and `.`"
            ),
            FleetError::Lease => f.write_str(
                "the lease does not fit the exchanges; write `.every(time)` of at least 10 ms and `.lease(time)` of \
                 at least 16 times that, and at most an hour",
            ),
            FleetError::OpenTime { name } => write!(
                f,
                "the breaker `{name}` opens for less than 4 exchanges; write a longer `.open_for(time)` on it, or a \
                 shorter `.every(time)` on the fleet"
            ),
            FleetError::Quorum { name } => write!(
                f,
                "the quorum of the breaker `{name}` is not a ratio; write a number from 0 to 1"
            ),
            FleetError::Members => {
                f.write_str("no member is expected; write `.members(n)` with the number of processes that you run")
            }
            FleetError::NoParts => f.write_str("nothing is shared; write `.join(&PART)` before `.start()`"),
            FleetError::Name { kind } => write!(
                f,
                "the name of a {kind} is empty, longer than 200 bytes, or has control characters; write \
                 `.join_as(\"name\", part)`"
            ),
            FleetError::NoRuntime => f.write_str(
                "a fleet exchanges in a task of tokio; call `start()` inside a tokio runtime",
            ),
            FleetError::SameName {
                kind: "configs", ..
            } => f.write_str("a fleet has one configuration; write `.configs(&CONFIG)` once"),
            FleetError::SameName { kind, name } => write!(
                f,
                "two parts of the kind `{kind}` are named `{name}`; join each once, and another one by \
                 `.join_as(\"another\", part)`"
            ),
            FleetError::Indivisible { kind, name, advice } => {
                write!(f, "the {kind} `{name}` cannot be shared: {advice}")
            }
        }
    }
}

impl std::error::Error for FleetError {}
