//! The document with the rows: `docs/src/failures.md`.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const HEAD: &str = "| fault | server | seen | verdict | unsent | hint | processed | source |
|---|---|---|---|---|---|---|---|
";

/// The text before the rows, and the rows of each client by their faults.
pub struct Table {
    head: String,
    clients: BTreeMap<String, BTreeMap<String, String>>,
}

/// Returns whether tests write the table instead of comparing it.
pub fn writes() -> bool {
    env::var_os("FAILURES").is_some_and(|mode| mode == "write")
}

impl Table {
    /// Returns the current document.
    pub fn document() -> String {
        fs::read_to_string(path("docs/src/failures.md")).unwrap_or_default()
    }

    /// Reads the rows from the document.
    pub fn read() -> Self {
        let text = Self::document();
        let mut sections = text.split("\n## ");
        let mut table = Table {
            head: sections.next().unwrap_or_default().to_owned(),
            clients: BTreeMap::new(),
        };
        for section in sections {
            let client = section.split_whitespace().next().unwrap_or_default();
            let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
            for row in rows {
                let fault = row.split(" | ").next().unwrap_or_default();
                if fault != "fault" {
                    table.insert(client, fault, format!("| {row}"));
                }
            }
        }
        table
    }

    /// Returns the client and the fault of each row.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        let clients = self.clients.iter();
        clients.flat_map(|(client, rows)| rows.keys().map(|fault| (&**client, &**fault)))
    }

    /// Returns the row of a fault.
    pub(crate) fn line(&self, client: &str, fault: &str) -> Option<&str> {
        self.clients.get(client)?.get(fault).map(String::as_str)
    }

    /// Inserts a row, or replaces the one with its names.
    pub(crate) fn insert(&mut self, client: &str, fault: &str, line: String) {
        let rows = self.clients.entry(client.to_owned()).or_default();
        rows.insert(fault.to_owned(), line);
    }

    /// Returns the document of these rows.
    pub fn text(&self) -> String {
        let mut text = self.head.clone();
        let lock = fs::read_to_string(path("Cargo.lock")).unwrap_or_default();
        for (client, rows) in &self.clients {
            let title = format!("{client} {}", version(&lock, client));
            text += &format!("\n## {}\n\n{HEAD}", title.trim_end());
            for row in rows.values() {
                text += row;
                text += "\n";
            }
        }
        text
    }

    /// Changes the document, while no other test does.
    pub fn change(change: impl FnOnce(&mut Table)) {
        let lock = File::create(path("target/failures.lock"));
        let lock = lock
            .or_else(|_| File::create(env::temp_dir().join("persevere-failures.lock")))
            .expect("a lock");
        lock.lock().expect("the lock");
        let mut table = Table::read();
        change(&mut table);
        fs::write(path("docs/src/failures.md"), table.text()).expect("docs/src/failures.md");
    }
}

/// Returns the version of a crate in the lock file.
fn version<'a>(lock: &'a str, name: &str) -> &'a str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let rest = lock.split(&entry).nth(1);
    let version = rest.and_then(|rest| rest.split('"').next());
    version.unwrap_or_default()
}

/// Returns the path of a file of the repository.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}
