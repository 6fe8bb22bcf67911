//! `redis::RedisError`, by what its crate says of it.

use redis::ServerErrorKind::{
    Ask, BusyLoading, ClusterDown, MasterDown, Moved, ReadOnly, TryAgain,
};
use redis::{ErrorKind, RedisError, RetryMethod};

use super::{Transient, io as standard};
use crate::outcome::{Health, Verdict};
use crate::source_chain::cause;

/// Transient are connections that are refused, dropped or timed out, servers that load, fail over or
/// ask to try again, and whatever else has a `retry_method` other than `NoRetry`; but not a password
/// that is wrong.
///
/// Unsent are refused connections, and the answers with which a
/// [server](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/) says that it
/// has not run the command: `LOADING`, `TRYAGAIN`, `CLUSTERDOWN`, `MASTERDOWN`.
///
/// Of the [health](Transient::health) of the server: it has failed where there is no connection, and with `LOADING`,
/// `CLUSTERDOWN`, `MASTERDOWN`, `READONLY`, `BUSY`, `OOM`, `MISCONF` and `NOREPLICAS`: it cannot do what it is there for. It is
/// well where it refuses a command or a password, where slots move (`TRYAGAIN`, `MOVED`, `ASK`), and where its answer is
/// of another type than was asked for. Faults of the own host, and of the client's configuration, say nothing.
#[diagnostic::do_not_recommend]
impl Transient for RedisError {
    fn verdict(&self) -> Verdict {
        if self.kind() == ErrorKind::AuthenticationFailed {
            return Verdict::Final;
        }
        let passes = self.is_timeout() || self.is_connection_dropped();
        Verdict::retry_if(passes || !matches!(self.retry_method(), RetryMethod::NoRetry))
    }

    fn unsent(&self) -> bool {
        self.is_connection_refusal()
            || matches!(
                self.kind(),
                ErrorKind::Server(BusyLoading | TryAgain | ClusterDown | MasterDown)
            )
    }

    fn health(&self) -> Health {
        use ErrorKind::{
            AuthenticationFailed, Client, EmptySentinelList, Extension, InvalidClientConfig, Io,
            Parse, Server, UnexpectedReturnType,
        };
        match self.kind() {
            Io => cause(self).map_or(Health::Failed, standard::broken),
            AuthenticationFailed | Parse | UnexpectedReturnType => Health::Well,
            Server(Ask | Moved | TryAgain) => Health::Well,
            Server(BusyLoading | ClusterDown | MasterDown | ReadOnly) => Health::Failed,
            Client | EmptySentinelList | InvalidClientConfig => Health::Unknown,
            Extension if self.code().is_some_and(|code| CANNOT_SERVE.contains(&code)) => {
                Health::Failed
            }
            Extension | Server(_) => Health::from(self.verdict()),
            _ => Health::Failed,
        }
    }
}

/// Answers of a server that cannot do its work, and that have no kind of their own.
const CANNOT_SERVE: [&str; 4] = ["BUSY", "MISCONF", "NOREPLICAS", "OOM"];
