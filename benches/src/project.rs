//! Projects of a user, made to be built.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

pub struct Project {
    path: PathBuf,
}

impl Project {
    /// A program beside this one's target directory, its dependencies fetched.
    pub fn new(name: &str, dependencies: &str, source: &str) -> Self {
        let program = env::current_exe().expect("this program");
        let target = program.ancestors().nth(2).expect("a target directory");
        let name = name.replace([',', ' '], "-");
        let path = target.join("projects").join(&name);
        fs::create_dir_all(path.join("src")).expect("a directory");
        let manifest = format!(
            "[package]\nname = \"user-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[profile.release]\nstrip = true\n\n[dependencies]\n{dependencies}\n"
        );
        fs::write(path.join("Cargo.toml"), manifest).expect("a manifest");
        fs::write(path.join("src/main.rs"), source).expect("a source");
        let project = Project { path };
        project.cargo(&["fetch"]);
        project
    }

    /// The name of its package.
    pub fn package(&self) -> String {
        let name = self.path.file_name().expect("a name");
        format!("user-{}", name.to_string_lossy())
    }

    /// Runs cargo in it and gives what it printed.
    pub fn cargo(&self, args: &[&str]) -> String {
        let output = Command::new("cargo")
            .args(args)
            .current_dir(&self.path)
            .env("CARGO_TARGET_DIR", self.path.join("target"))
            // For the compiler's own statistics.
            .env("RUSTC_BOOTSTRAP", "1")
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{args:?} in {:?}:\n{errors}",
            self.path
        );
        String::from_utf8_lossy(&output.stdout).into_owned() + &errors
    }

    /// The same, in seconds of CPU.
    pub fn seconds(&self, args: &[&str]) -> f64 {
        let before = children();
        self.cargo(args);
        children() - before
    }

    /// Seconds of CPU that a build takes. A crate of this repository is built as one from a registry
    /// is: not incrementally.
    pub fn build_seconds(&self) -> f64 {
        self.seconds(&["build", "--quiet", "--config=build.incremental=false"])
    }

    /// The number of crates among its dependencies.
    pub fn crates(&self) -> usize {
        crates(&self.path, &[]) - 1
    }

    /// The size of the program, stripped.
    pub fn bytes(&self) -> u64 {
        self.cargo(&["build", "--release", "--quiet"]);
        let program = self.path.join("target/release").join(self.package());
        fs::metadata(program).expect("a program").len()
    }

    pub fn touch(&self) {
        let path = self.path.join("src/main.rs");
        let source = fs::read(&path).expect("a source");
        fs::write(path, source).expect("a source");
    }
}

/// The number of crates compiled for a package, itself among them.
pub fn crates(directory: &Path, args: &[&str]) -> usize {
    let output = Command::new("cargo")
        .args(["tree", "--quiet", "--edges=normal,build", "--prefix=none"])
        .arg("--format={p}")
        .args(args)
        .current_dir(directory)
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let tree = String::from_utf8_lossy(&output.stdout);
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    crates.collect::<BTreeSet<_>>().len()
}

/// Seconds of CPU that the finished children of this process have used.
fn children() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").expect("a Linux machine");
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let field = |at: usize| {
        fields
            .split_whitespace()
            .nth(at)
            .and_then(|f| f.parse::<f64>().ok())
    };
    (field(13).expect("cutime") + field(14).expect("cstime")) / TICKS
}

/// The middle of some measurements.
pub fn median(rounds: usize, mut measure: impl FnMut() -> f64) -> f64 {
    let mut values: Vec<f64> = (0..rounds).map(|_| measure()).collect();
    values.sort_by(f64::total_cmp);
    values[rounds / 2]
}
