//! The health of a server by SQLSTATE.

use crate::call::outcome::Health;

/// Returns the health of the server by the code:
///
/// | code | the server |
/// |---|---|
/// | classes 08, 53, 58, F0, XX | has failed: connections, resources, its system, its files, itself; but for 53400 |
/// | 57P01 to 57P04 | has failed: it is shut down, has crashed, starts, has lost the database |
/// | 57014 | has failed: the statement ran out of time |
/// | 25P03, 25P04, 57P05 | is not known: it ended a session that was idle, or too long in a transaction |
/// | 25006 | is not known: it is a standby, or the transaction was declared read-only |
/// | every other | is well: it has answered, with a conflict (40001, 40P01, 55P03) or a limit of its configuration (53400) too |
pub(super) fn health(code: &str) -> Health {
    match (code.get(..2), code) {
        (_, "53400") => Health::Well,
        (Some("08" | "53" | "58" | "F0" | "XX"), _)
        | (_, "57014" | "57P01" | "57P02" | "57P03" | "57P04") => Health::Failed,
        (_, "25P03" | "25P04" | "57P05" | "25006") => Health::Unknown,
        _ => Health::Well,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_and_refusals_are_well_and_outages_are_not() {
        for code in [
            "40001", "40P01", "53400", "55P03", "23505", "28P01", "42601", "22012",
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

    #[test]
    fn odd_codes_are_no_panic() {
        for code in ["é", "0é", "\u{1F600}", "٠٨٠٠٠", "08\0"] {
            let _ = health(code);
        }
    }
}
