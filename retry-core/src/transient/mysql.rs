//! Error numbers of MySQL and MariaDB, by <https://mariadb.com/kb/en/mariadb-error-code-reference/>.

use crate::outcome::Health;

/// The health of the server by the number, where its SQLSTATE does not say it:
///
/// | number | what it is |
/// |---|---|
/// | 1020, 1205, 1213 | a conflict: a row that was changed, a lock that is held, a deadlock; the server is well |
/// | 1021, 1030, 1037, 1038, 1041 | disk, storage engine or memory; the server has failed |
/// | 1203, 1226 | a user has too many connections; as class 53 of PostgreSQL |
/// | 1969, 3024 | the statement ran out of time; as 57014 of PostgreSQL |
/// | 1317 | the statement was killed, which says nothing |
pub(super) fn health(number: u32) -> Option<Health> {
    match number {
        1020 | 1205 | 1213 => Some(Health::Well),
        1021 | 1030 | 1037 | 1038 | 1041 | 1203 | 1226 | 1969 | 3024 => Some(Health::Failed),
        1317 => Some(Health::Unknown),
        _ => None,
    }
}

/// The number in the text of an error with this SQLSTATE, which nothing else has: `1213 (40001): Deadlock found ..`.
pub(super) fn number(text: &str, state: &str) -> Option<u32> {
    let (number, rest) = text.split_once(" (")?;
    let (found, _) = rest.split_once("): ")?;
    if found == state {
        number.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{health, number};
    use crate::outcome::Health;

    #[test]
    fn a_number_is_found_beside_its_state_alone() {
        assert_eq!(
            number("1205 (HY000): Lock wait timeout", "HY000"),
            Some(1205)
        );
        assert_eq!(number("1205 (HY000): Lock wait timeout", "40001"), None);
        assert_eq!(number("12 (rows): of 3", "23505"), None);
        assert_eq!(number("duplicate key", "23505"), None);
    }

    #[test]
    fn conflicts_are_well() {
        for conflict in [1020, 1205, 1213] {
            assert_eq!(health(conflict), Some(Health::Well), "{conflict}");
        }
        assert_eq!(health(1226), Some(Health::Failed));
        assert_eq!(health(1062), None);
    }
}
