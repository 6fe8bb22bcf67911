//! SQLSTATE codes, by the table of PostgreSQL's manual, appendix A.

use crate::outcome::{Health, Verdict};

/// Transient are the codes of a state that passes, or of a conflict that another run of the whole
/// transaction may not have:
///
/// | code | what it is |
/// |---|---|
/// | class 08 | the connection was not made, or was lost |
/// | 40001, 40P01 | a serialization failure, a deadlock: the transaction was rolled back |
/// | class 53 | the server is out of memory, disk or connections |
/// | 55P03 | a lock could not be had at once |
/// | 57P01, 57P02, 57P03, 57P05 | the server is shut down, has crashed, starts, has ended an idle session |
///
/// Everything else is final: syntax, constraints, privileges; 57P04 too, for the database was dropped.
pub(super) fn verdict(code: &str) -> Verdict {
    Verdict::retry_if(
        matches!(code.get(..2), Some("08" | "53"))
            || matches!(
                code,
                "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "57P05"
            ),
    )
}

/// The codes that say that the transaction was rolled back, or that no connection was made. A
/// connection that was lost may have been so in `COMMIT`.
pub(super) fn unsent(code: &str) -> bool {
    matches!(
        code,
        "08001" | "08004" | "40001" | "40P01" | "53300" | "55P03" | "57P03"
    )
}

/// The health of the server by the code:
///
/// | code | the server |
/// |---|---|
/// | classes 08, 53, 58, F0, XX | has failed: connections, resources, its system, its files, itself |
/// | 57P01 to 57P04 | has failed: it is shut down, has crashed, starts, has lost the database |
/// | 57014 | has failed: the statement ran out of time |
/// | 25P03, 25P04, 57P05 | is not known: it ended a session that was idle, or too long in a transaction |
/// | 25006 | is not known: it is a standby, or the transaction said itself that it reads only |
/// | every other | is well: it has answered, with a conflict (40001, 40P01, 55P03) too |
pub(super) fn health(code: &str) -> Health {
    match (code.get(..2), code) {
        (Some("08" | "53" | "58" | "F0" | "XX"), _)
        | (_, "57014" | "57P01" | "57P02" | "57P03" | "57P04") => Health::Failed,
        (_, "25P03" | "25P04" | "57P05" | "25006") => Health::Unknown,
        _ => Health::Well,
    }
}

#[cfg(test)]
mod tests {
    use super::{health, unsent, verdict};
    use crate::outcome::Health;

    #[test]
    fn conflicts_and_refusals_are_well_and_outages_are_not() {
        for code in [
            "40001", "40P01", "55P03", "23505", "28P01", "42601", "22012",
        ] {
            assert_eq!(health(code), Health::Well, "{code}");
        }
        for code in [
            "08006", "53300", "57P01", "57P03", "57014", "58030", "XX000",
        ] {
            assert_eq!(health(code), Health::Failed, "{code}");
        }
        for code in ["57P05", "25P03", "25006"] {
            assert_eq!(health(code), Health::Unknown, "{code}");
        }
    }

    /// Final codes of the same table, near those that are not.
    const FINAL: [&str; 14] = [
        "", "0", "08", "42601", "42P01", "23505", "40000", "40002", "40003", "57000", "57014",
        "57P04", "55006", "25P02",
    ];

    #[test]
    fn by_the_table() {
        for code in [
            "08000", "08006", "08P01", "40001", "40P01", "53200", "53300", "55P03",
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
        for code in ["08006", "08007", "57P01", "57P02"].iter().chain(&FINAL) {
            assert!(!unsent(code), "{code}");
        }
    }

    #[test]
    fn odd_codes_are_no_panic() {
        for code in ["é", "0é", "\u{1F600}", "٠٨٠٠٠", "08\0"] {
            let _ = (verdict(code), unsent(code), health(code));
        }
    }
}
