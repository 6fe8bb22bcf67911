//! Chapters and links.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of a file of the repository.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages below a directory, with their paths from the root.
fn pages(directory: &str) -> Vec<String> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(root().join(directory)).unwrap().flatten() {
        let name = format!("{directory}/{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            pages.extend(self::pages(&name));
        } else if name.ends_with(".md") {
            pages.push(name);
        }
    }
    pages.sort();
    pages
}

/// The targets of the links of a page, without those to other sites.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    targets.filter(|target| !target.contains("://"))
}

/// The anchors of a page: its headings as GitHub and mdBook write them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let titles = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    titles
        .map(|title| title.chars().filter(kept).collect::<String>())
        .map(|title| title.replace(' ', "-"))
        .collect()
}

#[test]
fn every_chapter_is_in_the_summary_and_compiled() {
    let summary = read("docs/src/SUMMARY.md");
    let compiled = read("tests/guide/src/lib.rs");
    for page in pages("docs/src") {
        let chapter = page.strip_prefix("docs/src/").unwrap();
        if chapter == "SUMMARY.md" {
            continue;
        }
        assert!(
            links(&summary).any(|link| link == chapter),
            "docs/src/SUMMARY.md has no link to {chapter}"
        );
        assert!(
            compiled.contains(&format!("\"{chapter}\"")),
            "tests/guide/src/lib.rs does not compile {chapter}"
        );
    }
}

#[test]
fn every_link_within_the_repository_has_a_target() {
    let mut pages = pages("docs/src");
    pages.extend(
        [
            "README.md",
            "CONTRIBUTING.md",
            "ARCHITECTURE.md",
            "CHANGELOG.md",
        ]
        .map(String::from),
    );
    for page in pages {
        let text = read(&page);
        let directory = Path::new(&page).parent().unwrap();
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                page.clone().into()
            } else {
                directory.join(path)
            };
            assert!(
                root().join(&target).exists(),
                "{page}: no file for the link {link}"
            );
            if !anchor.is_empty() {
                let anchors = anchors(&read(&target));
                assert!(
                    anchors.iter().any(|a| a == anchor),
                    "{page}: no heading for the link {link}; {} has {anchors:?}",
                    target.display()
                );
            }
        }
    }
}

/// A fence that rustdoc skips would be a Rust example that nobody compiles.
#[test]
fn every_rust_block_is_compiled() {
    let mut pages = pages("docs/src");
    pages.push("README.md".to_owned());
    for page in pages {
        for line in read(&page).lines() {
            let skipped = line.starts_with("```rust") && line.contains("ignore");
            assert!(!skipped, "{page}: {line}");
        }
    }
}
