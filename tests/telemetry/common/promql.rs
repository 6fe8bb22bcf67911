//! The names and labels that a query of Prometheus asks for.

use super::scrape::Scrape;

/// The labels that Prometheus adds to each sample.
const ADDED: [&str; 2] = ["job", "instance"];

/// Asserts that samples of each name in a query have been scraped, with each label that it asks them for.
pub(crate) fn assert_answerable(query: &str, scrape: &Scrape) {
    for name in names(query) {
        assert!(scrape.has(name), "no samples of `{name}`: {query}");
    }
    let grouped = groups(query);
    let grouped = grouped.iter().flat_map(|(labels, inside)| {
        let pairs = |name| labels.iter().map(move |label| (name, *label));
        names(inside).flat_map(pairs)
    });
    for (name, label) in matched(query).into_iter().chain(grouped) {
        let has = ADDED.contains(&label) || scrape.labels(name).contains(label);
        assert!(has, "`{name}` has no label `{label}`: {query}");
    }
}

/// Returns the names of ours in a query.
pub(crate) fn names(query: &str) -> impl Iterator<Item = &str> {
    let ours = ["retry_", "circuit_breaker_", "rate_limiter_", "bulkhead_"];
    words(query).filter(move |word| ours.iter().any(|prefix| word.starts_with(prefix)))
}

/// Returns the words of a query that may be names; those with a colon are of recorded rules.
pub(crate) fn words(query: &str) -> impl Iterator<Item = &str> {
    query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
}

/// Returns the labels by which a query groups.
pub(crate) fn labels(query: &str) -> Vec<&str> {
    groups(query)
        .into_iter()
        .flat_map(|(labels, _)| labels)
        .collect()
}

/// Returns the labels of each aggregation, and the query that it is over.
fn groups(query: &str) -> Vec<(Vec<&str>, &str)> {
    let groups = query.match_indices("by (").map(|(at, by)| {
        let (labels, rest) = query[at + by.len()..]
            .split_once(") (")
            .expect("an aggregation");
        (labels.split(", ").collect(), inside(rest))
    });
    groups.collect()
}

/// Returns the text up to the parenthesis that closes one opened before it.
fn inside(text: &str) -> &str {
    let mut open = 1;
    let end = text.find(|c| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open == 0
    });
    &text[..end.expect("a closing parenthesis")]
}

/// Returns each label by which a query chooses samples, with their name.
fn matched(query: &str) -> Vec<(&str, &str)> {
    let selectors = query.match_indices('{').filter_map(|(at, _)| {
        let name = words(&query[..at]).last().filter(|name| !name.is_empty())?;
        let matchers = query[at + 1..].split('}').next()?;
        // A value stands between quotation marks.
        let parts = matchers.split('"').step_by(2);
        let labels = parts.map(|part| part.trim_matches([',', ' ', '=', '~', '!']));
        Some(
            labels
                .filter(|label| !label.is_empty())
                .map(move |label| (name, label)),
        )
    });
    selectors.flatten().collect()
}
