//! Answers of PgBouncer, distinguished by their text.
//!
//! Almost all of them have the SQLSTATE 08P01, whatever they mean. The texts are those of its source,
//! versions 1.18 to 1.25 (`src/client.c`, `src/janitor.c`, `src/objects.c`, `src/server.c`).

/// Returns the SQLSTATE that PostgreSQL uses for the same, and 08P01 for anything that PostgreSQL never
/// reports, including a protocol violation.
///
/// | text of PgBouncer | as |
/// |---|---|
/// | `query_wait_timeout`, `query_timeout`: no server connection was free in time | 53300 |
/// | `no more connections allowed`, `client connections exceeded` | 53300 |
/// | `server login has been failing`, `client_login_timeout`, `pooler is shutting down` | 57P03 |
/// | … whose cached error is a refusal: the password, the user, the database | 28000 |
/// | `server shutting down`, `database removed` (also `KILL`), `admin forced disconnect`, `suspend_timeout` | 57P01 |
/// | `server conn crashed?`, `server connection closed` | 08006 |
/// | `client_idle_timeout`, `idle transaction timeout` | 57P05, 25P03 |
/// | `transaction timeout` | 25P04 |
/// | `query timeout`: the statement ran | 57014 |
/// | `password authentication failed`, `no such user`, `no such database`, `database ".." is disabled` | 28000, 3D000 |
///
/// Answers mapped to 53300 and 57P03 went to clients without a server connection, so that nothing was sent.
/// Until version 1.19, PgBouncer also used 08P01 for PostgreSQL's answer to a login.
pub(super) fn state(text: &str) -> &'static str {
    match text {
        "query_wait_timeout" | "query_timeout" => "53300",
        "server shutting down"
        | "database removed"
        | "admin forced disconnect"
        | "suspend_timeout" => "57P01",
        "server conn crashed?" | "server connection closed" => "08006",
        "pooler is shutting down" => "57P03",
        "client_idle_timeout" => "57P05",
        "idle transaction timeout" => "25P03",
        "transaction timeout" => "25P04",
        "query timeout" => "57014",
        "no such user" => REFUSED,
        _ => by_beginning(text),
    }
}

/// Returns the SQLSTATE of a text that ends in a name, a setting or a cause, by its beginning.
fn by_beginning(text: &str) -> &'static str {
    if let Some(cause) = text.strip_prefix("server login has been failing") {
        let cause = cause.strip_prefix(", cached error: ").unwrap_or_default();
        return match login(cause) {
            Some(REFUSED) => REFUSED,
            _ => "57P03",
        };
    }
    let begins = |words: &&(&str, _)| text.starts_with(words.0);
    let known = BEGINNINGS.iter().find(begins).map(|&(_, state)| state);
    known.or_else(|| login(text)).unwrap_or(VIOLATION)
}

const VIOLATION: &str = "08P01";
const REFUSED: &str = "28000";

const BEGINNINGS: [(&str, &str); 4] = [
    ("no more connections allowed", "53300"),
    ("client connections exceeded", "53300"),
    ("client_login_timeout", "57P03"),
    ("no such database", "3D000"),
];

/// Returns the SQLSTATE of PostgreSQL's answer to a login, by its text.
///
/// The texts are from `src/backend/libpq/auth.c`, `src/backend/postmaster` and `src/backend/utils/init`,
/// versions 15 to 17, and PgBouncer's equivalents.
fn login(text: &str) -> Option<&'static str> {
    const FULL: [&str; 3] = [
        "sorry, too many clients already",
        "too many connections for ",
        "remaining connection slots are reserved",
    ];
    const REFUSALS: [&str; 8] = [
        " authentication failed",
        "pg_hba.conf",
        " does not exist",
        " is not permitted to log in",
        "permission denied for database",
        "no such database",
        " is disabled",
        "server login failed: ",
    ];
    let answer = text.strip_prefix("server login failed: FATAL ");
    let answer = answer.unwrap_or(text);
    if answer.starts_with("the database system is ") {
        return Some("57P03");
    }
    if FULL.iter().any(|words| answer.starts_with(words)) {
        return Some("53300");
    }
    let refused = REFUSALS.iter().any(|words| text.contains(words));
    refused.then_some(REFUSED)
}

#[cfg(test)]
mod tests {
    use super::state;

    #[test]
    fn answers_as_postgresql_means_them() {
        for (text, as_state) in [
            ("query_wait_timeout", "53300"),
            ("query_timeout", "53300"),
            ("query timeout", "57014"),
            ("no more connections allowed (max_client_conn)", "53300"),
            (
                "client connections exceeded (max_db_client_connections)",
                "53300",
            ),
            (
                "client connections exceeded (max_user_client_connections)",
                "53300",
            ),
            (
                "server login has been failing, try again later (server_login_retry)",
                "57P03",
            ),
            (
                "server login has been failing, cached error: connect failed (server_login_retry)",
                "57P03",
            ),
            (
                "server login has been failing, cached error: server DNS lookup failed (server_login_retry)",
                "57P03",
            ),
            (
                "server login has been failing, cached error: the database system is starting up (server_login_retry)",
                "57P03",
            ),
            (
                "server login has been failing, cached error: database \"shop\" does not exist (server_login_retry)",
                "28000",
            ),
            (
                "server login has been failing, cached error: password authentication failed for user \"shop\" (server_login_retry)",
                "28000",
            ),
            ("client_login_timeout (server down)", "57P03"),
            ("client_login_timeout", "57P03"),
            ("pooler is shutting down", "57P03"),
            ("server shutting down", "57P01"),
            ("database removed", "57P01"),
            ("admin forced disconnect", "57P01"),
            ("server conn crashed?", "08006"),
            ("client_idle_timeout", "57P05"),
            ("idle transaction timeout", "25P03"),
            ("transaction timeout", "25P04"),
        ] {
            assert_eq!(state(text), as_state, "{text}");
        }
    }

    #[test]
    fn refusals_are_refusals() {
        for (text, as_state) in [
            ("password authentication failed", "28000"),
            ("SASL authentication failed", "28000"),
            ("no such user", "28000"),
            ("no such database: shop", "3D000"),
            ("database \"shop\" is disabled", "28000"),
            ("server login failed: wrong password type", "28000"),
        ] {
            assert_eq!(state(text), as_state, "{text}");
        }
    }

    /// PgBouncer up to 1.19 used 08P01 for PostgreSQL's answer to its login.
    #[test]
    fn answers_of_postgresql_without_their_code() {
        for (text, as_state) in [
            ("the database system is starting up", "57P03"),
            ("the database system is shutting down", "57P03"),
            (
                "server login failed: FATAL the database system is starting up",
                "57P03",
            ),
            ("the database system is in recovery mode", "57P03"),
            (
                "the database system is not yet accepting connections",
                "57P03",
            ),
            ("sorry, too many clients already", "53300"),
            ("too many connections for role \"shop\"", "53300"),
            (
                "remaining connection slots are reserved for non-replication superuser connections",
                "53300",
            ),
            ("database \"shop\" does not exist", "28000"),
            ("role \"shop\" does not exist", "28000"),
            ("password authentication failed for user \"shop\"", "28000"),
            (
                "no pg_hba.conf entry for host \"127.0.0.1\", user \"a\", database \"b\", no encryption",
                "28000",
            ),
        ] {
            assert_eq!(state(text), as_state, "{text}");
        }
    }

    #[test]
    fn anything_else_violates_the_protocol() {
        for text in [
            "",
            "bouncer config error",
            "broken Parse packet",
            "unsupported startup parameter: search_path",
            "bind message supplies 1 parameters, but prepared statement \"\" requires 2",
            "no query_wait_timeout here",
            "é",
        ] {
            assert_eq!(state(text), "08P01", "{text}");
        }
    }
}
