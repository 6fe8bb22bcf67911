//! `redis::RedisError`, by what its crate says of it.

use redis::ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, TryAgain};
use redis::{ErrorKind, RedisError, RetryMethod};

use super::Transient;
use crate::outcome::Verdict;

/// Transient are connections that are refused, dropped or timed out, servers that load, fail over or
/// ask to try again, and whatever else has a `retry_method` other than `NoRetry`; but not a password
/// that is wrong.
///
/// Unsent are refused connections, and the answers with which a
/// [server](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/) says that it
/// has not run the command: `LOADING`, `TRYAGAIN`, `CLUSTERDOWN`, `MASTERDOWN`.
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
}
