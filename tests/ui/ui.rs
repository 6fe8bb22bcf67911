//! Misuses under `item`, `stream`, `syntax`, `value`, `types`, `derive`, `policy` and `set`. Each is compiled, and the
//! compiler's messages are compared with the `.stderr` beside it.
//!
//! `TRYBUILD=overwrite cargo test -p persevere-ui-tests` updates the `.stderr` files.

use std::io::Write;
use std::process::Command;

/// The only toolchain whose messages the `.stderr` files contain.
const RUSTC: &str = "1.95";

#[test]
fn ui() {
    let version = Command::new("rustc").arg("--version").output();
    let version = version.map_or_else(|_| Vec::new(), |output| output.stdout);
    if !String::from_utf8_lossy(&version).starts_with(&format!("rustc {RUSTC}.")) {
        // Written past the capture of the test harness. The line break comes first, because the harness may
        // have begun the line with a test's name.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "\nskipped: needs rustc {RUSTC}");
        return;
    }
    let cases = trybuild::TestCases::new();
    for folder in [
        "item", "stream", "syntax", "value", "types", "derive", "policy", "set",
    ] {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}
