//! Chapters that show a file of the repository.

use crate::book::read;

/// Every line of the block stands in the file, in the same order; the file may have more between them.
#[test]
fn the_chapter_on_tests_shows_the_example() {
    let chapter = read("docs/src/testing.md");
    let example = read("examples/testing.rs");
    let (_, shown) = chapter.split_once("```rust\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let mut lines = example.lines();
    for line in shown.lines() {
        assert!(
            lines.any(|own| own == line),
            "not in examples/testing.rs: {line}"
        );
    }
}
