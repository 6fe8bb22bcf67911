//! Texts of databases and of their C clients, of which diesel keeps nothing else.

use super::pgbouncer;
use crate::call::outcome::{Health, Verdict};

/// The meaning of a text for another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The transaction was rolled back because of another.
    Conflict,
    /// The statement did not run because of another; its transaction may be open.
    Busy,
    /// The connection is lost, or is not made.
    Lost,
    /// The server has another role than the statement needs.
    OtherRole,
    /// The database cannot do its work, and does not recover by itself, or ran out of a statement's time.
    Broken,
    /// The database answers with a refusal: a constraint, a privilege, a mistake.
    Refused,
    /// It is the program's own fault.
    Own,
}

impl Meaning {
    pub(super) fn verdict(self) -> Verdict {
        use Meaning::{Busy, Conflict, Lost, OtherRole};
        Verdict::retry_if(matches!(self, Conflict | Busy | Lost | OtherRole))
    }

    pub(super) fn health(self) -> Health {
        match self {
            Meaning::Lost | Meaning::Broken => Health::Failed,
            Meaning::Conflict | Meaning::Busy | Meaning::Refused => Health::Well,
            Meaning::OtherRole | Meaning::Own => Health::Unknown,
        }
    }
}

/// Returns the meaning of an answer, by its beginning.
pub(super) fn answer(text: &str) -> Meaning {
    let begins = |row: &&(&str, _)| text.starts_with(row.0);
    match ANSWERS.iter().find(begins) {
        Some(&(_, meaning)) => meaning,
        None if text.contains(" --read-only ") || text.contains(" --super-read-only ") => {
            Meaning::OtherRole
        }
        None => Meaning::Refused,
    }
}

/// Beginnings of answers.
///
/// They are from PostgreSQL 15 (`deadlock.c`, `lmgr.c`, `postgres.c`), MariaDB 10.11 and MySQL 8.4
/// (`errmsg`), MariaDB Connector/C 3.3 and MySQL's (`errmsg.c`), and SQLite 3.51 (`main.c`, `build.c`,
/// `vdbe.c`). A lock of SQLite's shared cache has a name behind its colon. A conflict within one connection has
/// none, and is final.
const ANSWERS: [(&str, Meaning); 23] = [
    ("deadlock detected", Meaning::Conflict),
    ("could not serialize access", Meaning::Conflict),
    ("could not obtain lock on ", Meaning::Conflict),
    ("canceling statement due to lock timeout", Meaning::Conflict),
    ("canceling statement due to ", Meaning::Broken),
    ("Deadlock found when trying to get lock", Meaning::Conflict),
    ("Record has changed since last read", Meaning::Conflict),
    ("Lock wait timeout exceeded", Meaning::Busy),
    (
        "Statement aborted because lock(s) could not be",
        Meaning::Busy,
    ),
    ("Server shutdown in progress", Meaning::Lost),
    ("Connection was killed", Meaning::Lost),
    ("Lost connection to ", Meaning::Lost),
    ("MySQL server has gone away", Meaning::Lost),
    ("Server has gone away", Meaning::Lost),
    ("database is locked", Meaning::Busy),
    ("database is deadlocked", Meaning::Busy),
    ("database table is locked: ", Meaning::Busy),
    ("database schema is locked: ", Meaning::Busy),
    ("locking protocol", Meaning::Busy),
    ("unable to open database file", Meaning::Broken),
    ("disk I/O error", Meaning::Broken),
    ("database or disk is full", Meaning::Broken),
    ("database disk image is malformed", Meaning::Broken),
];

/// Returns the meaning of a connection that was not made. libpq tries several addresses, each with a line.
pub(super) fn connecting(text: &str) -> Meaning {
    let passes = |line: &str| UNREACHABLE.iter().any(|words| line.contains(words));
    let starts = |line: &str| {
        let answer = line.split_once("FATAL:  ").map(|(_, answer)| answer);
        answer.is_some_and(|answer| matches!(pgbouncer::state(answer), "53300" | "57P03"))
    };
    match text {
        _ if text.lines().any(starts) => Meaning::Lost,
        _ if text.contains("FATAL:  ") => Meaning::Refused,
        _ if ROLES.iter().any(|words| text.contains(words)) => Meaning::OtherRole,
        _ if text.lines().any(passes) => Meaning::Lost,
        _ if text.to_ascii_lowercase().starts_with("unable to open") => Meaning::Broken,
        _ => Meaning::Refused,
    }
}

/// Words of libpq 15 (`fe-connect.c`) if the server has another role than `target_session_attrs` requires.
const ROLES: [&str; 4] = [
    "session is read-only",
    "server is in hot standby mode",
    "session is not read-only",
    "server is not in hot standby mode",
];

/// Words for a server that cannot be reached, or has no place.
///
/// They are from libpq 15 (`fe-connect.c`), the clients of MySQL and MariaDB as above, and from the C library.
const UNREACHABLE: [&str; 16] = [
    "Connection refused",
    "Connection reset",
    "Connection timed out",
    "Network is unreachable",
    "No route to host",
    "timeout expired",
    "could not translate host name",
    "closed the connection unexpectedly",
    "failed: No such file or directory",
    "Can't connect to ",
    "Lost connection to ",
    "Unknown server host",
    "Unknown MySQL server host",
    "Too many connections",
    "max_user_connections",
    "Server shutdown in progress",
];

#[cfg(test)]
mod tests {
    use super::{Meaning, answer, connecting};

    /// A lock of the same connection has no name behind it.
    #[test]
    fn a_lock_of_the_same_connection_is_final() {
        assert_eq!(answer("database table is locked: t"), Meaning::Busy);
        assert_eq!(answer("database table is locked"), Meaning::Refused);
    }

    #[test]
    fn a_login_that_is_refused_is_final() {
        let libpq = |answer| format!("connection to server at \"db\", port 1 failed: {answer}\n");
        for (text, meaning) in [
            ("FATAL:  sorry, too many clients already", Meaning::Lost),
            ("FATAL:  the database system is starting up", Meaning::Lost),
            (
                "FATAL:  password authentication failed for user \"test\"",
                Meaning::Refused,
            ),
            ("FATAL:  database \"shop\" does not exist", Meaning::Refused),
            ("session is read-only", Meaning::OtherRole),
            ("Connection refused", Meaning::Lost),
            (
                "server certificate for \"db\" does not match host name \"other\"",
                Meaning::Refused,
            ),
        ] {
            assert_eq!(connecting(&libpq(text)), meaning, "{text}");
        }
        assert_eq!(
            connecting("Access denied for user 'root'@'localhost' (using password: YES)"),
            Meaning::Refused
        );
        let of_mysql = "Can't connect to server on '127.0.0.1' (111)";
        assert_eq!(connecting(of_mysql), Meaning::Lost);
    }

    /// Two addresses: the first refuses the password, the second the connection.
    #[test]
    fn an_answer_outranks_an_address_that_is_not_reached() {
        let text = "connection to server at \"a\" failed: FATAL:  password authentication failed\n\
            connection to server at \"b\" failed: Connection refused\n";
        assert_eq!(connecting(text), Meaning::Refused);
    }
}
