//! Errors of the client of Redis, as failures of an exchange.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use super::status::Failure;

/// Returns whether a cluster has refused questions together.
pub(super) fn is_crossed(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::CrossSlot)
}

/// Returns whether a server has a script only by its text.
pub(super) fn is_without_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// Returns whether the server failed to run the script with the key that it was given.
pub(super) fn is_of_the_key(error: &RedisError) -> bool {
    let from_server = matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension);
    from_server && failure(error) == Failure::Malformed
}

/// Returns the kind of an error of a connection that was not made: what the server says then is a refusal.
pub(super) fn refusal(error: &RedisError) -> Failure {
    match failure(error) {
        Failure::Malformed => Failure::Denied,
        other => other,
    }
}

/// Returns the kind of an error, and nothing of its text: that may name hosts and users.
pub(super) fn failure(error: &RedisError) -> Failure {
    match error.kind() {
        ErrorKind::AuthenticationFailed => Failure::Denied,
        ErrorKind::Server(ServerErrorKind::ReadOnly) => Failure::ReadOnly,
        ErrorKind::Server(ServerErrorKind::NoPerm) => Failure::Denied,
        _ if matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => Failure::Denied,
        _ if error.detail().is_some_and(is_denial) => Failure::Denied,
        _ if matches!(error.code(), Some("OOM" | "MISCONF" | "NOREPLICAS")) => Failure::ReadOnly,
        _ if error.is_timeout() || error.code() == Some("BUSY") => Failure::Slow,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => Failure::Malformed,
        ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            | ServerErrorKind::TryAgain,
        ) => Failure::Unreachable,
        ErrorKind::Server(_) | ErrorKind::Extension => Failure::Malformed,
        _ => Failure::Unreachable,
    }
}

/// Returns whether a text is that of a denial for which Redis has no code.
fn is_denial(text: &str) -> bool {
    // A command of the script that the user may not run; a question that is long for somebody without a password.
    text.contains("can't run this command") || text.contains("unauthenticated")
}
