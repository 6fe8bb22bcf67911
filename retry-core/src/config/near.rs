//! Slips of the pen.

use std::string::String;
use std::vec;
use std::vec::Vec;

/// The word of `words` that `written` is a slip of: its case, its underscores, one edit away, or two
/// where it is long. Short words have too many neighbours to tell.
pub(super) fn closest<'a>(
    written: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |word: &str| word.replace(['_', '-'], "").to_lowercase();
    let allowed = match written.len() {
        0..=3 => 0,
        4..=6 => 1,
        7..=40 => 2,
        _ => return None,
    };
    let distance = |word: &str| match plain(word) == plain(written) {
        true => 0,
        false => edits(written, word),
    };
    let near = words.into_iter().map(|word| (distance(word), word));
    near.filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

/// How many letters are to be added, left out, replaced or swapped with their neighbour.
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
            rows[i][j] = match swaps {
                true => least.min(rows[i - 2][j - 2] + 1),
                false => least,
            };
        }
    }
    rows[a.len()][b.len()]
}

/// Words for a sentence: `a`, `b` and `c`.
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words
        .into_iter()
        .map(|word| std::format!("`{word}`"))
        .collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => std::format!("{} and {last}", first.join(", ")),
    }
}
