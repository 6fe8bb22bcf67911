//! `redis::RedisError`, classified by the code of the server's answer, or by the kind that the `redis` crate
//! gives it.

use std::error::Error;
use std::io;

use redis::ErrorKind::{
    AuthenticationFailed, Client, EmptySentinelList, Extension, InvalidClientConfig, Io,
    MasterNameNotFoundBySentinel, NoValidReplicasFoundBySentinel, Parse, Server,
    UnexpectedReturnType,
};
use redis::{RedisError, RetryMethod, ServerErrorKind};

use super::{connect, io as standard};
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::cause;

/// # `redis::RedisError`
///
/// Connections that are refused, dropped or timed out are transient, as far as their `io::Error` is. So is a
/// master that Sentinel does not know for now. So are the answers of a server that cannot run a command for
/// now: `LOADING`, `BUSY` (a script runs), `READONLY`, `NOREPLICAS`, `MASTERDOWN`, `CLUSTERDOWN`, `TRYAGAIN`,
/// `MOVED`, `ASK`, too many clients, and `UNBLOCKED` if the server became a replica. Errors of a pipeline or
/// of a transaction are transient if all of them are.
///
/// A **reply of an unexpected type** is final, since the command has run: `lpop` as `i64` loses an element
/// per attempt. A reply that cannot be read at all has the same kind in the crate, `Parse`, and so is final
/// too. Wrong passwords and refused certificates are final. So are `OOM` and `MISCONF`, which pass only once
/// somebody makes room in memory or on disk.
///
/// Refused connections, Sentinel without a master, and the answers above except `UNBLOCKED` are unsent:
/// [Redis checks them](https://github.com/redis/redis/blob/7.4.1/src/server.c#L3884) before it runs a
/// command, and in a script
/// [before its first write](https://github.com/redis/redis/blob/7.4.1/src/script.c#L404). So is a transaction
/// that was discarded because of them (`EXECABORT`). A pipeline is not, as its other commands have run.
///
/// - `READONLY` passes on **another connection**, to the new primary. On the same connection it passes only
///   if the server becomes a primary again. A `ConnectionManager` keeps that connection: leave it, and make a
///   new one, where a write is refused so.
/// - A `ConnectionManager` waits by itself. A dead server costs **9.5 s per call** before "connection
///   refused", in 6 repeats. `ConnectionManagerConfig::set_number_of_retries(0)` leaves the pauses to the
///   policy.
/// - A cluster client repeats 16 times by itself, with pauses up to 655 s. It is **silent** for minutes while
///   a slot is not served. It also repeats commands that a broken connection may have carried, so that its
///   errors **prove nothing** and one `INCR` may count three. `ClusterClientBuilder::retries(0)` makes
///   `unsent` true again. The blocking connection does not reconnect then: make one per attempt.
/// - A `BLPOP` that the client no longer waits for still pops, and its element is **lost**, one per attempt.
///   The async client waits 500 ms for any reply. Give the command a time-out of its own below that, and no
///   `attempt_timeout`; or use `AsyncConnectionConfig::set_response_timeout(None)`.
/// - A script that returns such codes by itself, or publishes before it writes, has had an effect
///   nevertheless.
/// - The feature supports versions from 1.2 up to but excluding 2, of which there are pre-releases alone
///   (2.0.0-rc.2, with the same kinds). Other versions have another `RedisError`, for which `Transient` is not
///   implemented.
///
/// The server's [health](Transient::health) is "failed" if it cannot do its work. That holds without a
/// connection, and with `LOADING`, `CLUSTERDOWN`, `MASTERDOWN`, `READONLY`, `BUSY`, `OOM`, `MISCONF`,
/// `NOREPLICAS`, `UNBLOCKED` by the server itself, and too many clients. The server is well if it refuses a
/// command or a password, if slots move (`TRYAGAIN`, `MOVED`, `ASK`), and if its reply has an unexpected
/// type. Its health is unknown after faults of the local host or of the client's configuration.
#[diagnostic::do_not_recommend]
impl Transient for RedisError {
    fn verdict(&self) -> Verdict {
        if let Some(error) = io_error(self) {
            // The file of a socket that does not exist also counts as a refusal.
            let refused = self.is_connection_refusal();
            return if refused {
                Verdict::Retry
            } else {
                error.verdict()
            };
        }
        Verdict::retry_if(match self.kind() {
            Server(_) | Extension => each_answer(self, passes),
            Io => !is_refused_login(self) && connect::verdict(self).is_retry(),
            Client if is_handshake(self) => connect::verdict(self).is_retry(),
            Client => is_slot_without_node(self),
            AuthenticationFailed | Parse | UnexpectedReturnType => false,
            _ => !matches!(self.retry_method(), RetryMethod::NoRetry),
        })
    }

    fn unsent(&self) -> bool {
        match self.kind() {
            Server(_) | Extension => !is_pipeline(self) && each_answer(self, proves_refusal),
            MasterNameNotFoundBySentinel | NoValidReplicasFoundBySentinel => true,
            _ => self.is_connection_refusal() || io_error(self).is_some_and(Transient::unsent),
        }
    }

    fn health(&self) -> Health {
        if let Some(error) = io_error(self) {
            return standard::broken(error);
        }
        let well = match self.kind() {
            Server(_) | Extension => each_answer(self, |code, text| !cannot_serve(code, text)),
            AuthenticationFailed | Parse | UnexpectedReturnType => true,
            Io => is_refused_login(self),
            EmptySentinelList | InvalidClientConfig => return Health::Unknown,
            Client if !is_slot_without_node(self) && !is_handshake(self) => return Health::Unknown,
            _ => false,
        };
        if well { Health::Well } else { Health::Failed }
    }
}

/// Returns whether the server did not run the command, for a reason that passes.
fn is_refusal(code: &str, text: &str) -> bool {
    match code {
        "ASK" | "BUSY" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "MOVED" | "NOREPLICAS"
        | "READONLY" | "TRYAGAIN" => true,
        "ERR" => is_full(text),
        "EXECABORT" => is_discarded_for_refusal(text),
        _ => false,
    }
}

/// Returns whether the answer proves that the server did not run the command.
///
/// Modules and scripts also use `BUSY`, with texts of their own. Redis itself `is busy running a script`
/// (server.c of Redis 7.4; Valkey has the same words after its own name).
fn proves_refusal(code: &str, text: &str) -> bool {
    is_refusal(code, text) && (code != "BUSY" || is_full(text))
}

/// Returns whether another attempt can pass.
fn passes(code: &str, text: &str) -> bool {
    is_refusal(code, text) || is_demoted(code, text)
}

/// Returns whether the server cannot do its work.
fn cannot_serve(code: &str, text: &str) -> bool {
    match code {
        "ASK" | "MOVED" | "TRYAGAIN" => false,
        "MISCONF" | "OOM" => true,
        _ => passes(code, text),
    }
}

/// Returns whether the predicate holds for the server's answer, or for each answer of a failed pipeline or
/// discarded transaction.
fn each_answer(error: &RedisError, holds: impl Fn(&str, &str) -> bool) -> bool {
    match error.clone().into_server_errors() {
        Some(answers) => answers.iter().all(|(_, answer)| {
            let text = answer.details().unwrap_or_default();
            holds(answer.code(), text)
        }),
        None => {
            let text = error.detail().unwrap_or_default();
            holds(error.code().unwrap_or_default(), text)
        }
    }
}

/// Returns whether the error is that of a pipeline, whose other commands may have run.
///
/// A discarded transaction has the code of `EXEC`. A single answer is the source of its error.
fn is_pipeline(error: &RedisError) -> bool {
    error.source().is_none()
        && error.kind() != Server(ServerErrorKind::ExecAbort)
        && error.clone().into_server_errors().is_some()
}

fn io_error(error: &RedisError) -> Option<&io::Error> {
    cause(error)
}

/// Returns whether the server accepts no more connections, or answers `SELECT` while a script runs.
///
/// The client drops the code of the latter, `BUSY`. The texts are `-ERR max number of clients reached` and
/// `Redis is busy running a script`, in networking.c and server.c of Redis 7.4.
fn is_full(text: &str) -> bool {
    text.starts_with("max number of clients") || text.contains(" is busy running a ")
}

/// Returns whether a transaction was discarded because the state changed between its commands and `EXEC`.
///
/// The text is `Transaction discarded because of: NOREPLICAS ..`, in multi.c of Redis 6.2 and later.
/// `Pipeline::atomic` drops it, and has the kind `UnexpectedReturnType`.
fn is_discarded_for_refusal(text: &str) -> bool {
    let reason = text.strip_prefix("Transaction discarded because of: ");
    let reason = reason.and_then(|reason| reason.split_once(' '));
    reason.is_some_and(|(code, text)| is_refusal(code, text))
}

/// Returns whether a command waited, such as `BLPOP`, while the server became a replica.
///
/// `CLIENT UNBLOCK` has the same code. The text is from blocked.c of Redis 7.4.
fn is_demoted(code: &str, text: &str) -> bool {
    code == "UNBLOCKED" && text.starts_with("force unblock")
}

/// Returns whether every node refuses the login of a cluster client.
///
/// Such an error has the kind `Io`, and a node's refusal in its text:
/// `Password authentication failed - AuthenticationFailed`, `"NOAUTH": Authentication required.`, in redis
/// 1.2 to 1.8.
fn is_refused_login(error: &RedisError) -> bool {
    let text = error.detail().unwrap_or_default();
    ["AuthenticationFailed", "\"NOAUTH\"", "\"NOPERM\""]
        .iter()
        .any(|refusal| text.contains(refusal))
}

/// Returns whether no node serves a slot for now.
///
/// In pipelines of the blocking cluster client, such an error has the kind `Client` and the text
/// `Missing slot coverage`, in redis 1.2 to 1.8.
fn is_slot_without_node(error: &RedisError) -> bool {
    error.to_string().starts_with("Missing slot coverage")
}

/// Returns whether a handshake of native-tls failed.
///
/// Such an error has the kind `Client` in the async client, and `Io` without a cause in the blocking one, in
/// redis 1.2 to 1.8. A peer that goes away is an `unexpected EOF` in openssl 0.10.
fn is_handshake(error: &RedisError) -> bool {
    let text = error.to_string();
    text == "unexpected EOF" || text.contains(":SSL routines:")
}

/// An interrupt becomes an error of the kind `Io`, with an `io::Error` that contains the interrupt.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Interrupt, Transient, Verdict};
/// use redis::RedisError;
///
/// assert!(RedisError::from(Interrupt::AttemptTimeout).verdict().is_retry());
/// assert_eq!(RedisError::from(Interrupt::Deadline).verdict(), Verdict::Final);
/// ```
impl From<crate::Interrupt> for redis::RedisError {
    fn from(interrupt: crate::Interrupt) -> Self {
        std::io::Error::from(interrupt).into()
    }
}
