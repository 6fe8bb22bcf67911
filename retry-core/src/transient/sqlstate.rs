//! SQLSTATE codes, by the table of PostgreSQL's manual, appendix A.

use crate::outcome::Verdict;

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

#[cfg(test)]
mod tests {
    use super::{unsent, verdict};

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
            let _ = (verdict(code), unsent(code));
        }
    }
}
