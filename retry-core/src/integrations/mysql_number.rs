//! Error numbers of MySQL and MariaDB.
//!
//! They are from <https://mariadb.com/kb/en/mariadb-error-code-reference/> and
//! <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>. The SQLSTATEs carry little
//! information, as most are HY000.

use super::sqlstate;
use crate::call::outcome::{Health, Verdict};

/// An answer of MySQL or MariaDB.
pub(super) struct Answer<'a> {
    pub(super) number: u16,
    pub(super) message: &'a str,
    /// The SQLSTATE, if the server gave one.
    pub(super) state: Option<&'a str>,
}

/// The meaning of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A conflict with another transaction: this one was rolled back.
    RolledBack,
    /// A conflict with another transaction: this one is still open.
    Conflict,
    /// No connection was made.
    Refused,
    /// The server is shutting down, starting, or out of some resource.
    Down,
    /// A session ended for being idle, or a server that is read-only for now.
    Elsewhere,
    /// Anything else.
    Lasting,
}

impl Answer<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        Verdict::retry_if(self.meaning() != Meaning::Lasting)
    }

    pub(super) fn unsent(&self) -> bool {
        matches!(self.meaning(), Meaning::RolledBack | Meaning::Refused)
    }

    pub(super) fn health(&self) -> Health {
        match self.meaning() {
            Meaning::RolledBack | Meaning::Conflict => Health::Well,
            Meaning::Refused | Meaning::Down => Health::Failed,
            Meaning::Elsewhere => Health::Unknown,
            Meaning::Lasting => self.health_of_lasting(),
        }
    }

    fn meaning(&self) -> Meaning {
        meaning(self.number, self.message)
    }

    /// Returns the health of the server after a lasting error:
    ///
    /// | number | what it is |
    /// |---|---|
    /// | 1021, 1030, 1038, 1114 | disk, storage engine or memory; the server has failed |
    /// | 1226 | a user has used up the hour; as class 53 of PostgreSQL |
    /// | 1969, 3024 | the statement ran out of time; as 57014 of PostgreSQL |
    /// | 1317 | the statement was killed, which shows nothing |
    fn health_of_lasting(&self) -> Health {
        match self.number {
            1021 | 1030 | 1038 | 1114 | 1226 | 1969 | 3024 => Health::Failed,
            1317 => Health::Unknown,
            _ => self.state.map_or(Health::Well, sqlstate::health),
        }
    }
}

/// Returns the meaning of a number, by the text if the number has several:
///
/// | number | what it is | |
/// |---|---|---|
/// | 1020 | a row was changed since the snapshot was read, by `innodb_snapshot_isolation` | rolled back |
/// | 1213 | a deadlock; of Galera and of group replication also a conflict that is seen at `COMMIT` | rolled back |
/// | 3101 | group replication rolls the transaction back at `COMMIT` | rolled back |
/// | 1180 with 149 | a deadlock seen at `COMMIT` | conflict |
/// | 1205, 1689, 3572 | a lock could not be had in time, or at once | conflict |
/// | 3058, 3132, 3133 | the same of locks that users name | conflict |
/// | 1412 | a table was altered since the snapshot was read | conflict |
/// | 1613, 1614 | an XA transaction was rolled back for its time, or a deadlock | conflict |
/// | 1040, 1203 | too many connections, in all or of the user | refused |
/// | 1226 with `max_user_connections` | the same; the limits of an hour are lasting | refused |
/// | 1037, 1041, 1135, 1637 | memory, threads or slots for transactions have run out | down |
/// | 1042 | the server could not resolve the name of the client | down |
/// | 1047 with `WSREP` | a node of Galera that is not ready | down |
/// | 1053, 1077, 1079, 1080, 3032, 3168 | the server is shut down, or offline | down |
/// | 1152, 1158 to 1161, 1184 | the connection broke | down |
/// | 1927, 3169 | the connection was killed | down |
/// | 4031 with `wait_timeout` | the session was ended for being idle: MySQL; the number is another thing in MariaDB | elsewhere |
/// | 1290 with `read-only`, 1836 | the server reads only: a replica, or one that fails over | elsewhere |
///
/// Apart from syntax errors and the like, these are lasting: a statement that was killed (1317) or ran out of
/// time (1969, 3024), a write in a read-only transaction (1792), more locks than the table of locks has room
/// for (1206), a full disk (1021).
fn meaning(number: u16, message: &str) -> Meaning {
    let says = |words| message.contains(words);
    match number {
        1020 | 1213 | 3101 => Meaning::RolledBack,
        1205 | 1412 | 1613 | 1614 | 1689 | 3058 | 3132 | 3133 | 3572 => Meaning::Conflict,
        1180 if says("149") => Meaning::Conflict,
        1040 | 1203 => Meaning::Refused,
        1226 if says("max_user_connections") => Meaning::Refused,
        1037
        | 1041
        | 1042
        | 1053
        | 1077
        | 1079
        | 1080
        | 1135
        | 1152
        | 1158..=1161
        | 1184
        | 1637
        | 1927
        | 3032
        | 3168
        | 3169 => Meaning::Down,
        1047 if says("WSREP") => Meaning::Down,
        1290 if says("read-only") || says("read_only") => Meaning::Elsewhere,
        1836 => Meaning::Elsewhere,
        4031 if says("wait_timeout") => Meaning::Elsewhere,
        _ => Meaning::Lasting,
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning};

    #[test]
    fn numbers_with_several_meanings_go_by_their_text() {
        for (number, text, expected) in [
            (
                1226,
                "User 'a' has exceeded the 'max_user_connections' resource (current value: 1)",
                Meaning::Refused,
            ),
            (
                1226,
                "User 'a' has exceeded the 'max_queries_per_hour' resource (current value: 1)",
                Meaning::Lasting,
            ),
            (
                1226,
                "User 'a' has exceeded the 'max_connections_per_hour' resource (current value: 1)",
                Meaning::Lasting,
            ),
            (
                1290,
                "The MariaDB server is running with the --read-only option so it cannot execute this statement",
                Meaning::Elsewhere,
            ),
            (
                1290,
                "The MySQL server is running with the --super-read-only option so it cannot execute this statement",
                Meaning::Elsewhere,
            ),
            (
                1290,
                "The MySQL server is running with the --secure-file-priv option so it cannot execute this statement",
                Meaning::Lasting,
            ),
            (
                1047,
                "WSREP has not yet prepared node for application use",
                Meaning::Down,
            ),
            (1047, "Unknown command", Meaning::Lasting),
            (1180, "Got error 149 during COMMIT", Meaning::Conflict),
            (
                1180,
                "Got error 28 \"No space left on device\" during COMMIT",
                Meaning::Lasting,
            ),
            (
                4031,
                "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.",
                Meaning::Elsewhere,
            ),
            (
                4031,
                "Referenced trigger 'a' for the given action time and event type does not exist",
                Meaning::Lasting,
            ),
        ] {
            assert_eq!(meaning(number, text), expected, "{number} {text}");
        }
    }

    #[test]
    fn what_a_statement_or_its_limits_did_wrong_lasts() {
        for number in [
            1021, 1044, 1045, 1062, 1064, 1153, 1206, 1317, 1792, 1969, 3024,
        ] {
            assert_eq!(meaning(number, ""), Meaning::Lasting, "{number}");
        }
    }
}
