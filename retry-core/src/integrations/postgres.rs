//! Answers of PostgreSQL, by their SQLSTATE, from appendix A of its manual.

use super::pgbouncer;
use crate::call::outcome::Verdict;

/// Returns the SQLSTATE that an answer means, if its text is more precise than its code:
///
/// | code | as |
/// |---|---|
/// | 08P01 | what PgBouncer means by it; a protocol violation where it is PostgreSQL's own |
/// | 53200 with a hint at `max_locks_per_transaction` | 53400: the transaction takes more locks than the server is configured for |
/// | XX000 "tuple concurrently updated", or deleted | 40001: two changes of the schema or of privileges meet |
///
/// The hint is PostgreSQL's (`src/backend/storage/lmgr/lock.c`, versions 15 to 17), and contains the name of
/// the setting in every language. Messages of XX000 are never translated (`elog`; this one is in
/// `src/backend/access/heap/heapam.c`).
pub(super) fn meant<'a>(code: &'a str, message: &str, hint: impl FnOnce() -> String) -> &'a str {
    match code {
        "08P01" => pgbouncer::state(message),
        "53200" if hint().contains("max_locks_per_transaction") => "53400",
        "XX000" if message.starts_with("tuple concurrently ") => "40001",
        _ => code,
    }
}

/// Returns the verdict on a code.
///
/// A code is transient if it stands for a state that passes, or for a conflict that another run of the whole
/// transaction may not have:
///
/// | code | what it is |
/// |---|---|
/// | class 08 but 08P01 | the connection was not made, or was lost |
/// | 25P03 | the session was ended for idling in a transaction |
/// | 40001, 40P01 | a serialization failure, a deadlock: the transaction was rolled back |
/// | class 53 but 53400 | the server is out of memory, disk or connections |
/// | 55P03 | a lock could not be had at once |
/// | 57P01, 57P02, 57P03, 57P05 | the server is shut down, has crashed, starts, has ended an idle session |
/// | 72000 | the snapshot is too old |
///
/// Everything else is final, in particular:
///
/// | code | what it is |
/// |---|---|
/// | 08P01 | the client violates the protocol |
/// | 0A000 | something is not supported; "cached plan must not change result type" passes on a new connection, or with the statement prepared again |
/// | 25006 | a write in a read-only transaction, or on a standby: a connection to the primary helps |
/// | 25P02 | the transaction had failed before |
/// | 25P04, 57014 | the transaction or the statement ran out of its own time, or was cancelled |
/// | 26000, 42P05 | a prepared statement is missing, or exists already: a pooler without support for them changed the connection |
/// | 40002, 40003 | a constraint refuses the commit; it is not known whether the statement took place |
/// | 53400 | a limit of the configuration, such as `temp_file_limit`, is exceeded |
/// | 55000, 55006 | an object is in the wrong state, or in use |
/// | 57P04 | the database was dropped |
/// | classes 58, F0, XX | the server's disk, files or program are broken |
/// | others | syntax, constraints, privileges |
pub(super) fn verdict(code: &str) -> Verdict {
    if matches!(code, "08P01" | "53400") {
        return Verdict::Final;
    }
    Verdict::retry_if(
        matches!(code.get(..2), Some("08" | "53"))
            || matches!(
                code,
                "25P03"
                    | "40001"
                    | "40P01"
                    | "55P03"
                    | "57P01"
                    | "57P02"
                    | "57P03"
                    | "57P05"
                    | "72000"
            ),
    )
}

/// Returns whether the code states that the transaction was rolled back, or that no connection was made.
///
/// A connection that was lost proves nothing, as it may have been lost during `COMMIT`. The codes are wrong
/// for a statement that commits in its middle, such as `CREATE INDEX CONCURRENTLY`, and no code identifies
/// such statements.
pub(super) fn unsent(code: &str) -> bool {
    matches!(
        code,
        "08001" | "08004" | "40001" | "40P01" | "53300" | "55P03" | "57P03"
    )
}

#[cfg(test)]
mod tests {
    use super::{meant, unsent, verdict};

    /// Final codes of the same table, near those that are not.
    const FINAL: [&str; 23] = [
        "", "0", "08", "42601", "42P01", "23505", "40000", "40002", "40003", "57000", "57014",
        "57P04", "55006", "25P02", "08P01", "0A000", "25006", "25P04", "26000", "53400", "54000",
        "58030", "XX000",
    ];

    #[test]
    fn by_the_table() {
        for code in [
            "08000", "08006", "40001", "40P01", "53200", "53300", "55P03", "25P03", "72000",
        ] {
            assert!(verdict(code).is_retry(), "{code}");
        }
        for code in ["57P01", "57P02", "57P03", "57P05"] {
            assert!(verdict(code).is_retry(), "{code}");
        }
        for code in FINAL.iter().filter(|code| **code != "08") {
            assert!(!verdict(code).is_retry(), "{code}");
        }
    }

    #[test]
    fn what_had_no_effect_is_transient() {
        for code in [
            "08001", "08004", "40001", "40P01", "53300", "55P03", "57P03",
        ] {
            assert!(unsent(code) && verdict(code).is_retry(), "{code}");
        }
        for code in ["08006", "08007", "25P03", "57P01", "57P02"]
            .iter()
            .chain(&FINAL)
        {
            assert!(!unsent(code), "{code}");
        }
    }

    #[test]
    fn a_text_tells_what_is_meant() {
        let locks = || String::from("You might need to increase \"max_locks_per_transaction\".");
        let others = || String::from("You might need to increase max_pred_locks_per_transaction.");
        assert_eq!(meant("53200", "out of shared memory", locks), "53400");
        assert_eq!(meant("53200", "out of shared memory", others), "53200");
        assert_eq!(meant("53200", "out of memory", String::new), "53200");
        let conflict = "tuple concurrently updated";
        assert_eq!(meant("XX000", conflict, String::new), "40001");
        assert_eq!(meant("XX000", "cache lookup failed", String::new), "XX000");
        assert_eq!(meant("08P01", "query_wait_timeout", String::new), "53300");
        assert_eq!(meant("08P01", "broken Bind packet", locks), "08P01");
        assert_eq!(meant("42601", "query_wait_timeout", locks), "42601");
    }

    #[test]
    fn odd_codes_are_no_panic() {
        for code in ["é", "0é", "\u{1F600}", "٠٨٠٠٠", "08\0"] {
            let _ = (verdict(code), unsent(code));
        }
    }
}
