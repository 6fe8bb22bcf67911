//! Rows of `docs/src/failures.md`: a failure that a test produces, and the answer.

use std::error::Error;

use persevere::{Transient, Verdict};

use crate::table::{self, Table};

/// A failure that a test has produced, as one row of the table.
///
/// The test checks the table: a missing or different row fails it. With `FAILURES=write` in the environment
/// the test writes the row.
#[must_use = "`check` compares it with the table"]
pub struct Row<'a> {
    client: &'a str,
    fault: &'a str,
    server: String,
    seen: &'a str,
    source: &'a str,
    processed: Option<(u32, u32)>,
}

impl<'a> Row<'a> {
    /// Creates a row for a fault as a client sees it. No other row has the same two names. The client is
    /// named as its crate is.
    pub fn new(client: &'a str, fault: &'a str) -> Self {
        Row {
            client,
            fault,
            server: String::from("loopback"),
            seen: "",
            source: "",
            processed: None,
        }
    }

    /// Names the server, with its version.
    pub fn server(mut self, name: impl Into<String>) -> Self {
        self.server = name.into();
        self
    }

    /// Sets words that the text of the error, or of one of its causes, contains.
    pub fn seen(mut self, words: &'a str) -> Self {
        self.seen = words;
        self
    }

    /// Names the source of the answer: a specification, a manual, the client's source.
    pub fn source(mut self, source: &'a str) -> Self {
        self.source = source;
        self
    }

    /// Sets the number of times that the server processed one call of three attempts, under `unsent()` and
    /// under `transient()`.
    pub fn processed(mut self, under_unsent: u32, under_transient: u32) -> Self {
        self.processed = Some((under_unsent, under_transient));
        self
    }

    /// Compares the row with the table.
    ///
    /// # Panics
    ///
    /// If the row is missing, or if the error has other words.
    #[track_caller]
    pub fn check(self, error: &(impl Transient + Error)) {
        self.check_as(&shown(error), error.verdict(), unsent(error));
    }

    /// Compares a failure that is not an `Error`: by its text, its verdict, and whether it is unsent.
    ///
    /// # Panics
    ///
    /// If the row is missing, or if the text lacks the words.
    #[track_caller]
    pub fn check_as(self, text: &str, verdict: Verdict, unsent: &str) {
        assert!(
            text.contains(self.seen),
            "{:?} is not in: {text}",
            self.seen
        );
        assert!(
            !self.seen.is_empty() && !self.source.is_empty(),
            "words and a source"
        );
        let line = self.line(verdict, unsent);
        let fault = cell(self.fault);
        if table::writes() {
            return Table::change(|table| table.insert(self.client, &fault, line));
        }
        let table = Table::read();
        let found = table.line(self.client, &fault).unwrap_or_default();
        assert_eq!(
            without_versions(found),
            without_versions(&line),
            "docs/src/failures.md, {}: run the test with FAILURES=write, and read what it wrote",
            self.client
        );
    }

    fn line(&self, verdict: Verdict, unsent: &str) -> String {
        let processed = self.processed.map_or(String::from("–"), |(once, again)| {
            format!("{once} / {again}")
        });
        let (verdict, hint) = match verdict {
            Verdict::Final => ("final", String::from("–")),
            Verdict::Retry => ("retry", String::from("–")),
            Verdict::RetryAfter(pause) => ("retry", format!("{pause:?}")),
            Verdict::RetryIn(pause) => ("retry", format!("exactly {pause:?}")),
        };
        let cells = [
            self.fault,
            &self.server,
            self.seen,
            verdict,
            unsent,
            &hint,
            &processed,
            self.source,
        ];
        let cells = cells.map(cell);
        format!("| {} |", cells.join(" | "))
    }
}

/// Escapes a text for a cell of the table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Returns the text of an error and of all its causes.
fn shown(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts = causes.map(|cause| format!("{cause} {cause:?}"));
    texts.collect::<Vec<_>>().join(": ")
}

/// Returns the cell that shows whether the error is unsent.
fn unsent(error: &impl Transient) -> &'static str {
    match (error.unsent(), error.unsent_without_redirects()) {
        (true, _) => "yes",
        (false, true) => "without redirects",
        (false, false) => "no",
    }
}

/// Removes the numbers from the second cell, because the server's version differs between machines.
fn without_versions(line: &str) -> Vec<String> {
    let cells = line.split(" | ").enumerate();
    let cells = cells.map(|(at, cell)| match at {
        1 => cell.replace(|c: char| c.is_ascii_digit() || c == '.', ""),
        _ => cell.to_owned(),
    });
    cells.collect()
}
