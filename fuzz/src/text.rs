//! Texts in brackets, changed by words.

use libfuzzer_sys::fuzzer_mutate;

/// The text without closing brackets that nothing has opened, and with those that are missing.
pub fn balanced(text: &str) -> String {
    let mut balanced = String::with_capacity(text.len());
    let mut open = Vec::new();
    for char in text.chars() {
        match char {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' => {
                if open.last() != Some(&char) {
                    continue;
                }
                open.pop();
            }
            _ => {}
        }
        balanced.push(char);
    }
    balanced.extend(open.into_iter().rev());
    balanced
}

/// A mutator: every other time whole words are what changes, so that more texts still mean something.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let rewritten = match std::str::from_utf8(&data[..size]) {
        Ok(text) if seed % 2 == 0 => rewritten(text, seed / 2),
        _ => return fuzzer_mutate(data, size, max_size),
    };
    let size = rewritten.len().min(max_size);
    data[..size].copy_from_slice(&rewritten.as_bytes()[..size]);
    size
}

/// The text with a word, or a few in a row, left out, moved or copied to another place.
fn rewritten(text: &str, seed: u32) -> String {
    let mut words = split(text);
    let mut random = seed;
    let mut below = |end: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % end
    };
    let most = 1 << below(6);
    let start = below(words.len() + 1);
    let end = words.len().min(start + 1 + below(most));
    let taken = match below(3) {
        0 => words[start..end].to_vec(),
        _ => words.drain(start..end).collect(),
    };
    if below(3) > 0 {
        let at = below(words.len() + 1);
        words.splice(at..at, taken);
    }
    words.concat()
}

/// Names and numbers, and each character that stands between them.
fn split(text: &str) -> Vec<&str> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|char| !is_word(char)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length.max(first.len_utf8()));
        words.push(word);
        rest = behind;
    }
    words
}
