//! `redis::RedisError`, by the code of the server's answer and by the kind that its crate gives the others.

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

/// Transient are connections that are refused, dropped or timed out, as their `io::Error` says; a master that Sentinel
/// does not know of for now; and the answers of a server that cannot run a command for now: `LOADING`, `BUSY` (a script
/// runs), `READONLY`, `NOREPLICAS`, `MASTERDOWN`, `CLUSTERDOWN`, `TRYAGAIN`, `MOVED`, `ASK`, too many clients, and
/// `UNBLOCKED` where the server became a replica. Errors of a pipeline or of a transaction are transient if all of them are.
///
/// Final is a **reply of another type than was asked for**, since the command has run: `lpop` as `i64` loses an element an
/// attempt. The crate gives a reply that cannot be read at all the same kind, `Parse`, and so it is final too. Final are
/// wrong passwords, certificates that are refused, and `OOM` and `MISCONF`, which pass only when somebody makes room in memory or on disk.
///
/// Unsent are refused connections, Sentinel without a master, and the answers above but for `UNBLOCKED`:
/// [Redis checks them](https://github.com/redis/redis/blob/7.4.1/src/server.c#L3884) before it runs a command, and in a
/// script [before its first write](https://github.com/redis/redis/blob/7.4.1/src/script.c#L404). So is a transaction that
/// was discarded for them (`EXECABORT`). A pipeline is not: its other commands have run.
///
/// - `READONLY` passes on **another connection**, to the new primary; on the same one only if the server is a primary again.
/// - A `ConnectionManager` waits by itself: a server that is dead costs **9.5 s a call** before "connection refused", in 6
///   repeats. `ConnectionManagerConfig::set_number_of_retries(0)` leaves the pauses to the policy.
/// - A cluster's client repeats 16 times by itself, with pauses up to 655 s: it is **silent** for minutes while a slot is not
///   served. It also repeats what a broken connection may have carried, so that its errors **prove nothing** and one `INCR`
///   may count three. `ClusterClientBuilder::retries(0)` makes `unsent` true again. The blocking connection does not reconnect
///   then: make one an attempt.
/// - A `BLPOP` that the client no longer waits for still pops: its element is **lost**, one an attempt. The async client waits
///   500 ms for any reply. Give the command a time-out of its own below that, and no `attempt_timeout`; or
///   `AsyncConnectionConfig::set_response_timeout(None)`.
/// - A script that gives errors such codes by itself, or publishes before it writes, has had an effect nevertheless.
/// - The feature is for versions from 1.2 below 2. Other versions have another `RedisError`, and `Transient` is not
///   implemented for it.
///
/// Of the [health](Transient::health) of the server: it has failed where there is no connection, and with `LOADING`,
/// `CLUSTERDOWN`, `MASTERDOWN`, `READONLY`, `BUSY`, `OOM`, `MISCONF`, `NOREPLICAS`, `UNBLOCKED` by itself and too many
/// clients: it cannot do what it is there for. It is well where it refuses a command or a password, where slots move
/// (`TRYAGAIN`, `MOVED`, `ASK`), and where its answer is of another type than was asked for. Faults of the own host, and of
/// the client's configuration, say nothing.
#[diagnostic::do_not_recommend]
impl Transient for RedisError {
    fn verdict(&self) -> Verdict {
        if let Some(error) = io_error(self) {
            // It is also said of a socket's file that is not there.
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

/// Whether the answer says that the server did not run the command, for a reason that passes.
fn is_refusal(code: &str, text: &str) -> bool {
    match code {
        "ASK" | "BUSY" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "MOVED" | "NOREPLICAS"
        | "READONLY" | "TRYAGAIN" => true,
        "ERR" => is_full(text),
        "EXECABORT" => is_discarded_for_refusal(text),
        _ => false,
    }
}

/// Whether the answer proves it. `BUSY` is also said by modules, and by scripts, in words of their own; by itself Redis says
/// that it `is busy running a script` (server.c of Redis 7.4; Valkey has the same words behind its own name).
fn proves_refusal(code: &str, text: &str) -> bool {
    is_refusal(code, text) && (code != "BUSY" || is_full(text))
}

/// Whether another attempt can pass.
fn passes(code: &str, text: &str) -> bool {
    is_refusal(code, text) || is_demoted(code, text)
}

/// Whether the server cannot do what it is there for.
fn cannot_serve(code: &str, text: &str) -> bool {
    match code {
        "ASK" | "MOVED" | "TRYAGAIN" => false,
        "MISCONF" | "OOM" => true,
        _ => passes(code, text),
    }
}

/// Whether it holds for the server's answer, or for each of a pipeline that failed and of a transaction that was discarded.
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

/// Whether it is of a pipeline, whose other commands may have run. A transaction that was discarded has the code of `EXEC`,
/// and a single answer is its source.
fn is_pipeline(error: &RedisError) -> bool {
    error.source().is_none()
        && error.kind() != Server(ServerErrorKind::ExecAbort)
        && error.clone().into_server_errors().is_some()
}

fn io_error(error: &RedisError) -> Option<&io::Error> {
    cause(error)
}

/// The server takes no more connections, or answers `SELECT` while a script runs: the client drops that code, `BUSY`.
/// `-ERR max number of clients reached` and `Redis is busy running a script`, in networking.c and server.c of Redis 7.4.
fn is_full(text: &str) -> bool {
    text.starts_with("max number of clients") || text.contains(" is busy running a ")
}

/// The state changed between the commands and `EXEC`: `Transaction discarded because of: NOREPLICAS ..`, in multi.c of Redis
/// 6.2 and later. `Pipeline::atomic` drops it, and has the kind `UnexpectedReturnType`.
fn is_discarded_for_refusal(text: &str) -> bool {
    let reason = text.strip_prefix("Transaction discarded because of: ");
    let reason = reason.and_then(|reason| reason.split_once(' '));
    reason.is_some_and(|(code, text)| is_refusal(code, text))
}

/// A command that waited, such as `BLPOP`, and the server became a replica; `CLIENT UNBLOCK` has the same code. By blocked.c
/// of Redis 7.4.
fn is_demoted(code: &str, text: &str) -> bool {
    code == "UNBLOCKED" && text.starts_with("force unblock")
}

/// A cluster's client that no node lets in has the kind `Io`, and the refusal of a node in its text:
/// `Password authentication failed - AuthenticationFailed`, `"NOAUTH": Authentication required.`, in redis 1.2 to 1.8.
fn is_refused_login(error: &RedisError) -> bool {
    let text = error.detail().unwrap_or_default();
    ["AuthenticationFailed", "\"NOAUTH\"", "\"NOPERM\""]
        .iter()
        .any(|refusal| text.contains(refusal))
}

/// A slot that no node serves for now has the kind `Client` in pipelines of the blocking client for clusters, as its
/// `Missing slot coverage`, in redis 1.2 to 1.8.
fn is_slot_without_node(error: &RedisError) -> bool {
    error.to_string().starts_with("Missing slot coverage")
}

/// A handshake by native-tls has the kind `Client` in the async client, and in the blocking one `Io` without a cause; by
/// redis 1.2 to 1.8 and openssl 0.10, for which a peer that goes away is an `unexpected EOF`.
fn is_handshake(error: &RedisError) -> bool {
    let text = error.to_string();
    text == "unexpected EOF" || text.contains(":SSL routines:")
}

/// Of the kind `Io`, made of the `io::Error` that has the interrupt inside.
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
