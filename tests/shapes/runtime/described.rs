//! Functions and policies in words, and what they do.

#[path = "described/functions.rs"]
mod functions;
#[path = "described/pairs.rs"]
mod pairs;

/// Returns the sentences of a function's section about retries.
fn section(documentation: &str) -> Vec<&str> {
    let (_, section) = documentation
        .split_once("# Retries\n\n")
        .unwrap_or_else(|| panic!("no section in {documentation:?}"));
    section.trim_end().lines().collect()
}
