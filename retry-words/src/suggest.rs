//! Suggestions for misspelled words.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

/// Returns the word of `words` that `written` is a misspelling of.
///
/// Case, underscores and dashes do not count. A word of at least 4 bytes may differ by one edit, one of at least 7 by
/// two: an insertion, a deletion, a replacement, or a swap of neighbours. Shorter words have too many neighbours; one
/// of 3 may lack a letter.
pub fn closest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest_of(written, &mut words.into_iter())
}

/// Does the same for all kinds of lists, compiled once.
fn closest_of<'a>(written: &str, words: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |word: &str| word.replace(['_', '-'], "").to_lowercase();
    let allowed = match written.len() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    let distance = |word: &str| {
        if plain(word) == plain(written) {
            return Some(0);
        }
        // Every extra byte is part of an edit of up to four bytes. A long text never reaches the quadratic
        // search.
        let near = word.len().abs_diff(written.len()) <= 4 * allowed;
        let lacks_a_letter = written.len() == 3 && word.len() == 4;
        let allowed = if lacks_a_letter { 1 } else { allowed };
        (near || lacks_a_letter)
            .then(|| edits(written, word))
            .filter(|edits| *edits <= allowed)
    };
    let mut nearest = None;
    for word in words {
        let Some(edits) = distance(word) else {
            continue;
        };
        if nearest.is_none_or(|(fewest, _)| edits < fewest) {
            nearest = Some((edits, word));
        }
    }
    nearest.map(|(_, word)| word)
}

/// Counts the edits between two words (Damerau–Levenshtein, each pair of neighbours swapped at most once).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            let swaps = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            rows[i][j] = if swaps {
                least.min(rows[i - 2][j - 2] + 1)
            } else {
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

/// Formats words for a sentence: `a`, `b` and `c`.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list_of(&mut words.into_iter())
}

fn list_of(words: &mut dyn Iterator<Item = &str>) -> String {
    let mut quoted = Vec::new();
    for word in words {
        quoted.push(format!("`{word}`"));
    }
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, list};

    #[test]
    fn a_misspelled_word_finds_its_word() {
        let words = ["after_attempt", "exponential", "never", "err", "none"];
        let table = [
            ("after_atempt", Some("after_attempt")),
            ("afterAttempt", Some("after_attempt")),
            ("after-attempt", Some("after_attempt")),
            ("exponental", Some("exponential")),
            ("exponetnial", Some("exponential")),
            ("nevr", Some("never")),
            ("non", Some("none")),
            ("not", None),
            ("er", None),
            ("Err", Some("err")),
            ("error", None),
            ("even", None),
            ("once", None),
            ("", None),
        ];
        for (written, meant) in table {
            assert_eq!(closest(written, words), meant, "`{written}`");
        }
    }

    #[test]
    fn a_long_text_is_near_to_nothing() {
        let long = "x".repeat(100_000);
        assert_eq!(closest(&long, ["exponential", "fixed"]), None);
    }

    #[test]
    fn the_nearest_word_wins() {
        assert_eq!(
            closest("max_times", ["max_time", "max_times_of"]),
            Some("max_time")
        );
    }

    #[test]
    fn lists_end_with_and() {
        assert_eq!(list([]), "");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
