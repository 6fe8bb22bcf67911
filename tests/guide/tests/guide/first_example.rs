//! The first example of the README and of the API documentation: shown as it is, and run.

use std::process::Command;

use crate::book::read;

/// The first fenced block of a language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("```{language}\n"))
        .expect("a block");
    rest.split_once("```").expect("its end").0
}

/// The example without the line that heads its file.
fn example() -> String {
    let file = read("examples/connect.rs");
    let (_, code) = file.split_once("\n\n").expect("code below the head");
    code.to_owned()
}

#[test]
fn the_readme_shows_the_example_and_its_output() {
    let readme = read("README.md");
    assert_eq!(block(&readme, "rust"), example());
    let run = Command::new(env!("CARGO_BIN_EXE_connect"))
        .output()
        .expect("a program");
    assert_eq!(
        block(&readme, "text"),
        String::from_utf8(run.stdout).expect("text")
    );
}

#[test]
fn the_api_documentation_shows_the_same() {
    let lib = read("src/lib.rs");
    let docs = lib.lines().filter_map(|line| line.strip_prefix("//!"));
    let docs: String = docs
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let readme = read("README.md");
    assert_eq!(block(&docs, "no_run"), example());
    assert_eq!(block(&docs, "text"), block(&readme, "text"));
}
